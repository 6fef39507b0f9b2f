package io.delegate.spring;

import io.delegate.Codec;
import io.delegate.ItemObserver;
import io.delegate.ProcessScheduler;
import io.delegate.Reporter;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * A {@link ProcessScheduler} as a bean, by the properties {@code delegate.*}, in Spring Boot 3.5
 * and 4. No child is started before there is an item.
 *
 * <ul>
 *   <li>Beans of the types {@link Reporter}, {@link ItemObserver}, {@link Codec} and {@link
 *       ProcessSchedulerBuilderCustomizer} are used for it. All reporters and all observers are
 *       told; of codecs there may be one.
 *   <li>Where the program has a {@code ProcessScheduler} bean of its own, none is made. What
 *       follows is done for all such beans.
 *   <li>With Micrometer and a registry, {@link io.delegate.report.MicrometerReporter} measures
 *       each, with the tag {@code scheduler}: its name, or the name of the bean where an earlier
 *       one is called the same. Not if there is a bean of that class.
 *   <li>With the actuator, the health of {@code delegate} is down while children cannot be started,
 *       and when a scheduler has been disposed.
 *   <li>When the context is closed, no more work is taken, and what is under way may end: for
 *       {@code delegate.exit-grace}, after the web server has ended its requests. Then the children
 *       are killed and the scheduler is closed. That holds at the end of the JVM, too, for the
 *       scheduler made here; one of the program's own needs {@link
 *       ProcessScheduler.Builder#exitGrace} for that.
 * </ul>
 *
 * <p>{@code delegate.enabled=false} leaves all of it out.
 */
@AutoConfiguration
@ConditionalOnProperty(prefix = DelegateProperties.PREFIX, name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(DelegateProperties.class)
@Import({MetersConfiguration.class, ObservationConfiguration.class, HealthConfiguration.class})
public class DelegateAutoConfiguration {
  /** Made by Spring. */
  DelegateAutoConfiguration() {}

  @Bean
  static ContextSchedulers delegateContextSchedulers(ObjectProvider<Follower> followers) {
    return new ContextSchedulers(followers);
  }

  @Bean
  ExitGrace delegateExitGrace(DelegateProperties properties, Environment environment) {
    return ExitGrace.of(properties, environment);
  }

  @Bean
  SchedulerLifecycle delegateLifecycle(
      ContextSchedulers schedulers, ApplicationContext context, ExitGrace grace) {
    return new SchedulerLifecycle(schedulers, context, grace.ofContext());
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  ProcessScheduler processScheduler(
      DelegateProperties properties,
      ExitGrace grace,
      ObjectProvider<Reporter> reporters,
      ObjectProvider<ItemObserver> observers,
      ObjectProvider<Codec> codecs,
      ObjectProvider<ProcessSchedulerBuilderCustomizer> customizers) {
    ProcessScheduler.Builder builder = ProcessScheduler.builder().exitGrace(grace.ofJvm());
    new BuilderSettings(properties).applyTo(builder);
    reporters.orderedStream().forEach(builder::reporter);
    List<ItemObserver> all = observers.orderedStream().toList();
    if (!all.isEmpty()) {
      builder.observer(all.size() == 1 ? all.get(0) : new AllObservers(all));
    }
    codecs.ifAvailable(builder::codec);
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    return BuilderSettings.build(builder);
  }
}
