package io.delegate.spring;

import io.delegate.ProcessScheduler;

/**
 * A bean that sets what cannot be said in {@code delegate.*} properties, before the auto-configured
 * scheduler is made: an initializer, a deadline of your own, a {@code launcher}. There may be
 * several; they are called in their order ({@code @Order}), after the properties and the beans have
 * been applied, and what is set last counts. An observer that is set here takes the place of all
 * {@code ItemObserver} beans; a reporter comes on top of others.
 */
@FunctionalInterface
public interface ProcessSchedulerBuilderCustomizer {
  /**
   * Called once, while the bean is made.
   *
   * @param builder to be added to; not to be built
   */
  void customize(ProcessScheduler.Builder builder);
}
