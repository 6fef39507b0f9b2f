package io.delegate.test;

import io.delegate.ProcessScheduler;
import io.delegate.engine.Living;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Fails a test that leaves a child process of Delegate behind, one that a child started, or a
 * directory with its socket: the mark of a scheduler that nobody closed. For JUnit 5 and 6.
 *
 * <pre>{@code
 * @ExtendWith(NoChildrenLeft.class)
 * class ThumbsTest { … }
 *
 * @RegisterExtension
 * static final NoChildrenLeft NO_CHILDREN = NoChildrenLeft.butOf(SHARED);
 * }</pre>
 *
 * <p>It looks after each test, when {@code @AfterEach} methods are done, and after the outermost
 * class, when {@code @AfterAll} methods are. What is just ending has ten seconds to do so. The
 * failure names pids, commands and schedulers. A scheduler that outlives a test, as one in a static
 * field or in an application context that Spring caches, is named by {@link #butOf} or {@link
 * #butOfSchedulersNamed}; one in a static field by {@link #butUntilAfterAll}, if its class closes
 * it. Those of a {@link Script} have no processes, and so are never found.
 *
 * <p>It sees the children of the whole JVM. Where tests run at the same time as others, a
 * neighbour's children are found, too: there use {@link #onlyOf}, which looks at the children of
 * the named schedulers alone.
 */
public final class NoChildrenLeft implements AfterEachCallback, AfterAllCallback {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final List<ProcessScheduler> always = new CopyOnWriteArrayList<>();
  private final List<ProcessScheduler> untilAfterAll = new CopyOnWriteArrayList<>();
  private final List<ProcessScheduler> only = new CopyOnWriteArrayList<>();
  private final Set<String> names = new HashSet<>();
  private volatile Duration patience = PATIENCE;

  /** Allows no child to be left. */
  public NoChildrenLeft() {}

  /**
   * Allows the children of these.
   *
   * @param schedulers outlive the tests
   * @return the extension
   */
  public static NoChildrenLeft butOf(ProcessScheduler... schedulers) {
    NoChildrenLeft made = new NoChildrenLeft();
    made.always.addAll(List.of(schedulers));
    return made;
  }

  /**
   * Allows the children of schedulers with these names ({@link ProcessScheduler.Builder#name}),
   * made by now or later.
   *
   * @param names their names
   * @return the extension
   */
  public static NoChildrenLeft butOfSchedulersNamed(String... names) {
    NoChildrenLeft made = new NoChildrenLeft();
    made.names.addAll(List.of(names));
    return made;
  }

  /**
   * Allows the children of these after each test, but not after the outermost class.
   *
   * @param schedulers are closed by that class
   * @return the extension
   */
  public static NoChildrenLeft butUntilAfterAll(ProcessScheduler... schedulers) {
    NoChildrenLeft made = new NoChildrenLeft();
    made.untilAfterAll.addAll(List.of(schedulers));
    return made;
  }

  /**
   * Looks at the children of these alone, and at no directory: for tests that run in parallel with
   * others.
   *
   * @param schedulers are to have none left, closed or not
   * @return the extension
   */
  public static NoChildrenLeft onlyOf(ProcessScheduler... schedulers) {
    NoChildrenLeft made = new NoChildrenLeft();
    made.only.addAll(List.of(schedulers));
    return made;
  }

  /**
   * How long what is just ending may take. Default 10 s.
   *
   * @param time zero or more
   * @return this
   */
  public NoChildrenLeft within(Duration time) {
    patience = Script.notNegative(Objects.requireNonNull(time, "time"), "within");
    return this;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    check(context, true);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    boolean outermost = context.getParent().flatMap(ExtensionContext::getTestClass).isEmpty();
    check(context, !outermost);
  }

  private void check(ExtensionContext context, boolean goesOn) {
    List<String> left = leftInTheEnd(goesOn);
    if (!left.isEmpty()) {
      String hint =
          context.getExecutionMode() == ExecutionMode.CONCURRENT && only.isEmpty()
              ? "\nTests run in parallel here: these may be a neighbour's (NoChildrenLeft.onlyOf)."
              : "";
      throw new AssertionError(
          "%s left this behind, and it was still there after %s:%n  %s%s"
              .formatted(context.getDisplayName(), patience, String.join("\n  ", left), hint));
    }
  }

  private List<String> leftInTheEnd(boolean goesOn) {
    long end = System.nanoTime() + patience.toNanos();
    List<String> left = left(goesOn);
    while (!left.isEmpty()
        && end - System.nanoTime() > 0
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(LOOK_NANOS);
      left = left(goesOn);
    }
    return left;
  }

  private List<String> left(boolean goesOn) {
    if (!only.isEmpty()) {
      return Leftovers.children(among(only));
    }
    Predicate<Living> allowed = among(always).or(child -> names.contains(child.scheduler()));
    return Leftovers.find(goesOn ? allowed.or(among(untilAfterAll)) : allowed);
  }

  private static Predicate<Living> among(List<ProcessScheduler> schedulers) {
    Set<Long> pids = new HashSet<>();
    schedulers.forEach(scheduler -> pids.addAll(scheduler.pids()));
    return child -> pids.contains(child.pid());
  }
}
