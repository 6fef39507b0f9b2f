package io.delegate.test;

import io.delegate.Death;
import io.delegate.Death.Cause;
import io.delegate.engine.Plot.Act;
import io.delegate.engine.Plot.Cue;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * For which items something happens, and what. Counts once it is completed by what happens: {@link
 * #crash}, {@link #hang}, {@link #fail} and the others that give back the script.
 */
public final class Rule {
  private static final Map<String, Integer> SIGNALS =
      Map.of(
          "SIGHUP", 1, "SIGINT", 2, "SIGQUIT", 3, "SIGILL", 4, "SIGABRT", 6, "SIGBUS", 7, "SIGFPE",
          8, "SIGKILL", 9, "SIGSEGV", 11, "SIGTERM", 15);

  private final Script script;
  private final Predicate<Object> test;
  private final StringBuilder text;
  private Duration after = Duration.ZERO;
  private int times;
  private int attempt;
  private int used;
  private @Nullable Cue cue;

  Rule(Script script, String text, Predicate<Object> test) {
    this.script = script;
    this.text = new StringBuilder(text);
    this.test = test;
  }

  /**
   * Only so often; then the next rule that fits holds. Default: always.
   *
   * @param most at least 1
   * @return this
   */
  public Rule times(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("times(" + most + "): give 1 or more");
    }
    this.times = most;
    text.append(".times(").append(most).append(')');
    return this;
  }

  /**
   * Only once.
   *
   * @return this
   */
  public Rule once() {
    return times(1);
  }

  /**
   * Only in that run of an item. Default: in each.
   *
   * @param run 1 for the first, 2 for the first that is made with {@link
   *     io.delegate.ProcessScheduler.Builder#retryAborted}
   * @return this
   */
  public Rule onAttempt(int run) {
    if (run < 1) {
      throw new IllegalArgumentException("onAttempt(" + run + "): give 1 or more");
    }
    this.attempt = run;
    text.append(".onAttempt(").append(run).append(')');
    return this;
  }

  /**
   * What happens does so after that time, which counts as the item's.
   *
   * @param time zero or more
   * @return this
   */
  public Rule after(Duration time) {
    this.after = Script.notNegative(time, "after");
    text.append(".after(").append(time).append(')');
    return this;
  }

  /**
   * The work runs: with {@link #after}, a slow item.
   *
   * @return the script
   */
  public Script run() {
    return complete("run()", new Act.Run(), null);
  }

  /**
   * The work runs, and its child dies when it has nothing to do any more: nobody is blamed.
   *
   * @param exitCode 0 to 255
   * @return the script
   */
  public Script thenDie(int exitCode) {
    return complete("thenDie(" + exitCode + ")", new Act.Run(), exit(exitCode));
  }

  /**
   * The work returns that, and is not run.
   *
   * @param result what it returns; one that cannot be serialized is a {@link
   *     io.delegate.Outcome.Failure}
   * @return the script
   */
  public Script give(@Nullable Object result) {
    return complete("give(...)", new Act.Give(result), null);
  }

  /**
   * The work throws, and is not run.
   *
   * @param thrown an exception or an error
   * @return the script
   */
  public Script fail(Throwable thrown) {
    if (!(thrown instanceof Exception) && !(thrown instanceof Error)) {
      throw new IllegalArgumentException(
          "fail(" + thrown + "): give an Exception or an Error, as a work throws");
    }
    return complete("fail(" + thrown.getClass().getSimpleName() + ")", new Act.Throw(thrown), null);
  }

  /**
   * The child sends bytes that cannot be read as a result: a {@link io.delegate.Outcome.Failure}.
   *
   * @return the script
   */
  public Script garble() {
    return complete("garble()", new Act.Garble(), null);
  }

  /**
   * The item runs until {@link io.delegate.ProcessScheduler.Builder#timeout} or a cancel ends it;
   * without either, for ever.
   *
   * @return the script
   */
  public Script hang() {
    return complete("hang()", new Act.Hang(), null);
  }

  /**
   * The child ends by itself, as by {@code System.exit}.
   *
   * @param exitCode 0 to 255
   * @return the script
   */
  public Script crash(int exitCode) {
    return die("crash(" + exitCode + ")", exit(exitCode));
  }

  /**
   * A signal ends the child.
   *
   * @param signal such as {@code SIGKILL}
   * @return the script
   */
  public Script kill(String signal) {
    Integer number = SIGNALS.get(Objects.requireNonNull(signal, "signal"));
    if (number == null) {
      throw new IllegalArgumentException(
          "kill(\"" + signal + "\"): give one of " + SIGNALS.keySet().stream().sorted().toList());
    }
    return die(
        "kill(" + signal + ")", new Death(128 + number, Optional.of(signal), Cause.SIGNAL, ""));
  }

  /**
   * The child's heap is full.
   *
   * @return the script
   */
  public Script outOfMemory() {
    String line = "Terminating due to java.lang.OutOfMemoryError: Java heap space";
    return die("outOfMemory()", new Death(3, Optional.empty(), Cause.OUT_OF_MEMORY, line));
  }

  /**
   * The child's JVM crashes in native code.
   *
   * @return the script
   */
  public Script nativeCrash() {
    String crash = "SIGSEGV (0xb) at pc=0x0000000000000000\nC  [libscript.so+0x0]  crash+0x0";
    return die(
        "nativeCrash()",
        new Death(
            134,
            Optional.of("SIGABRT"),
            Cause.NATIVE_CRASH,
            "",
            crash,
            Optional.empty(),
            0,
            Duration.ZERO,
            0,
            java.util.List.of()));
  }

  /**
   * The child breaks the rules of the channel, and is killed for it.
   *
   * @return the script
   */
  public Script breakProtocol() {
    return die(
        "breakProtocol()",
        new Death(137, Optional.of("SIGKILL"), Cause.PROTOCOL, "it sent what is no frame"));
  }

  /**
   * The child dies.
   *
   * @param death how; its age and count of items are filled in. Not {@link Cause#START_FAILED}:
   *     that is {@link Script#failStarts}
   * @return the script
   */
  public Script crash(Death death) {
    if (death.cause() == Cause.START_FAILED) {
      throw new IllegalArgumentException(
          "crash(" + death + "): a child that runs an item has started; use Script.failStarts");
    }
    return die("crash(" + death + ")", death);
  }

  private static Death exit(int exitCode) {
    if (exitCode < 0 || exitCode > 255) {
      throw new IllegalArgumentException("exit code " + exitCode + ": give a number from 0 to 255");
    }
    return new Death(exitCode, Optional.empty(), Cause.EXIT, "");
  }

  private Script die(String what, Death death) {
    return complete(what, new Act.Die(death), null);
  }

  private Script complete(String what, Act act, @Nullable Death then) {
    synchronized (this) {
      if (cue != null) {
        throw new IllegalStateException(
            this + " is complete: begin another rule with onItem, when or onAny");
      }
      text.append('.').append(what);
      cue = new Cue(after, act, then);
    }
    return script.add(this);
  }

  /** Whether it holds for that run; counted. */
  boolean takes(Object item, int run) {
    if ((attempt != 0 && attempt != run) || !test.test(item)) {
      return false;
    }
    synchronized (this) {
      if (times != 0 && used >= times) {
        return false;
      }
      used++;
      return true;
    }
  }

  synchronized boolean isUsed() {
    return used >= Math.max(1, times);
  }

  synchronized Cue cue() {
    return Objects.requireNonNull(cue);
  }

  /** As it was written, about. */
  @Override
  public synchronized String toString() {
    return text.toString();
  }
}
