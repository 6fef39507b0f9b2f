package io.delegate.spring;

import io.delegate.Event;
import io.delegate.ProcessScheduler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Wants to know what goes on in each scheduler of the context. */
@FunctionalInterface
interface Follower {
  /**
   * A scheduler has been made.
   *
   * @param name by which it is told from others of this context
   * @return is told of its events, one at a time; null for none
   */
  @Nullable Consumer<Event> follow(String name, ProcessScheduler scheduler);
}
