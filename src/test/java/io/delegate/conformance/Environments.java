package io.delegate.conformance;

import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;

/** What the TCK is run with. */
public final class Environments {
  /** A reference to a subscriber may be held until the children it killed are gone. */
  public static final long GC_MILLIS = 3_000;

  /** A start of a JVM on a busy machine. */
  private static final long SIGNAL_MILLIS = 20_000;

  private static final long SILENCE_MILLIS = 200;
  private static final long POLL_MILLIS = 20;

  private Environments() {}

  public static TestEnvironment generous() {
    return new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS, POLL_MILLIS, false);
  }

  /**
   * What it leaves to the garbage collector has {@link #GC_MILLIS} to go: too short on a machine
   * that is busy with other things, but not again and again.
   */
  public static void patiently(PublisherVerification<?> verification, Attempt attempt)
      throws Throwable {
    for (int i = 0; i < 2; i++) {
      try {
        attempt.make();
        return;
      } catch (AssertionError e) {
        verification.setUp(); // forgets what was wrong
      }
    }
    attempt.make();
  }

  /** A test of the TCK. */
  public interface Attempt {
    void make() throws Throwable;
  }

  public static Flux<Integer> items(long elements) {
    return Flux.range(0, (int) Math.min(elements, Integer.MAX_VALUE));
  }
}
