package io.delegate.test;

import io.delegate.Death;
import io.delegate.ProcessScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What children do in a unit test: a script of faults, and a scheduler without processes in which
 * they happen.
 *
 * <pre>{@code
 * Script script =
 *     Script.of().onItem(3).crash(137).onItem(5).hang().when(String.class, String::isEmpty).fail(bad);
 * ProcessScheduler twin = script.twin(ProcessScheduler.builder().timeout(Duration.ofMinutes(1)));
 * }</pre>
 *
 * <p>The scheduler is a {@link ProcessScheduler} like any other, and whoever uses it cannot tell.
 * Its options hold, but for those about processes and memory, which do nothing ({@code heap},
 * {@code jvmArgs}, {@code javaHome}, {@code environment}, {@code launcher}, {@code output}, {@code
 * maxMemoryPerChild}, {@code retryHeap} and their kin); so do demand, order, cancel, rejection and
 * the order of events. Children take no time to start unless the script says so; {@link
 * io.delegate.Event.Load} is not told; each child has one item in hand, whatever {@code window}
 * says. Pids are made up, and above those that Linux gives.
 *
 * <p>An item of which the script says nothing is run by its work, in this JVM, on a thread of its
 * own, which is interrupted where a real child would be killed: a work that ignores that runs on,
 * and one that calls {@code System.exit} ends the tests. Works, items, results and exceptions are
 * copied as on the way to a child and back, so what cannot be serialized is found out; {@link
 * #live()} is without. {@link io.delegate.Child#current()} is there for them, and what they tell it
 * counts. What differs from a child: static fields and classes are this JVM's, and {@link
 * io.delegate.Child#isChild()} is false.
 *
 * <p>The first rule in the order of the script that fits an item and is not used up holds. All
 * times are by {@link ProcessScheduler.Builder#timer}, else by Reactor's {@code
 * Schedulers.parallel()}: in {@code StepVerifier.withVirtualTime} they are virtual, and works run
 * when it has its turn.
 *
 * <p>Thread-safe. One script may serve several schedulers; its rules count for all together.
 */
public final class Script {
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Start> starts = new CopyOnWriteArrayList<>();
  private volatile Duration slow = Duration.ZERO;
  private volatile boolean copies = true;

  private Script() {}

  /**
   * A script without rules: all works run.
   *
   * @return the script
   */
  public static Script of() {
    return new Script();
  }

  /**
   * A rule for one item.
   *
   * @param item the item, or one that equals it
   * @return to be completed: what happens to it
   */
  public Rule onItem(Object item) {
    Objects.requireNonNull(item, "item");
    return new Rule(this, "onItem(" + item + ")", item::equals);
  }

  /**
   * A rule for items.
   *
   * @param test which; must not block, and is called by one thread at a time for each scheduler.
   *     What it throws ends the stream with an error
   * @return to be completed: what happens to them
   */
  public Rule when(Predicate<Object> test) {
    Objects.requireNonNull(test, "test");
    return new Rule(this, "when(...)", test);
  }

  /**
   * A rule for items of a type.
   *
   * @param type the type
   * @param test which of them; as for {@link #when(Predicate)}
   * @param <T> the type
   * @return to be completed: what happens to them
   */
  public <T> Rule when(Class<T> type, Predicate<? super T> test) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(test, "test");
    return new Rule(
        this,
        "when(" + type.getSimpleName() + ", ...)",
        item -> type.isInstance(item) && test.test(type.cast(item)));
  }

  /**
   * A rule for all items.
   *
   * @return to be completed: what happens to them
   */
  public Rule onAny() {
    return new Rule(this, "onAny()", item -> true);
  }

  /**
   * Children take that long to start. As long as {@link ProcessScheduler.Builder#startTimeout} or
   * longer means that none ever is up.
   *
   * @param time zero or more
   * @return this
   */
  public Script slowStart(Duration time) {
    slow = notNegative(time, "slowStart");
    return this;
  }

  /**
   * The next children die before they are up, each after the time of {@link #slowStart}. Three in a
   * row end the streams with {@link io.delegate.DelegateException.StartFailed}.
   *
   * @param children how many, at least 1
   * @param stderr what they write to stderr
   * @return this
   */
  public Script failStarts(int children, String stderr) {
    Objects.requireNonNull(stderr, "stderr");
    if (children < 1) {
      throw new IllegalArgumentException("failStarts(" + children + "): give 1 or more");
    }
    starts.add(new Start(children, stderr));
    return this;
  }

  /**
   * Works, items and results are passed on as they are: for works that are mocks, or that note in
   * the test's own objects what they did. The scheduler keeps all of them until it is gone itself.
   *
   * @return this
   */
  public Script live() {
    copies = false;
    return this;
  }

  /**
   * A scheduler with default options in which this happens.
   *
   * @return the scheduler; to be closed, as any
   */
  public ProcessScheduler twin() {
    return twin(ProcessScheduler.builder());
  }

  /**
   * A scheduler in which this happens.
   *
   * @param options of it
   * @return the scheduler; to be closed, as any
   */
  public ProcessScheduler twin(ProcessScheduler.Builder options) {
    return on(options).build();
  }

  /**
   * Has a builder make such schedulers: for code that wants the builder, as {@link
   * io.delegate.Parallelizer} does.
   *
   * @param options the builder
   * @return the same builder
   */
  public ProcessScheduler.Builder on(ProcessScheduler.Builder options) {
    return Objects.requireNonNull(options, "options").engine(made -> stage().engine(made));
  }

  /**
   * The rules that never held.
   *
   * @return each as it was written, about
   */
  public List<String> unused() {
    List<String> unused = new java.util.ArrayList<>();
    rules.stream().filter(rule -> !rule.isUsed()).map(Rule::toString).forEach(unused::add);
    starts.stream().filter(start -> !start.isUsed()).map(Start::toString).forEach(unused::add);
    return unused;
  }

  /**
   * Checks that each rule held at least once, and as often as {@link Rule#times} says.
   *
   * @throws AssertionError which names those that did not
   */
  public void verifyAllUsed() {
    List<String> unused = unused();
    if (!unused.isEmpty()) {
      throw new AssertionError(
          "of this script, this never happened, or not as often as it says: "
              + String.join("; ", unused));
    }
  }

  Script add(Rule rule) {
    rules.add(rule);
    return this;
  }

  static Duration notNegative(Duration time, String name) {
    Objects.requireNonNull(time, name);
    if (time.isNegative()) {
      throw new IllegalArgumentException(name + "(" + time + "): give zero or more");
    }
    return time;
  }

  private Stage stage() {
    return new Stage(this);
  }

  /** The rule that holds for a run of an item; counted. */
  @Nullable Rule ruleFor(Object item, int attempt) {
    for (Rule rule : rules) {
      if (rule.takes(item, attempt)) {
        return rule;
      }
    }
    return null;
  }

  Duration slow() {
    return slow;
  }

  boolean copies() {
    return copies;
  }

  /** How the next child dies before it is up, if it does; counted. */
  @Nullable Death deathAtStart() {
    for (Start start : starts) {
      if (start.takes()) {
        return new Death(1, Optional.empty(), Death.Cause.START_FAILED, start.stderr);
      }
    }
    return null;
  }

  private static final class Start {
    private final int children;
    private final String stderr;
    private int left;

    Start(int children, String stderr) {
      this.children = children;
      this.stderr = stderr;
      this.left = children;
    }

    synchronized boolean takes() {
      left--;
      return left >= 0;
    }

    synchronized boolean isUsed() {
      return left <= 0;
    }

    @Override
    public String toString() {
      return "failStarts(" + children + ")";
    }
  }
}
