package io.delegate.faults;

import io.delegate.Death.Cause;
import io.delegate.Misbehaving;
import io.delegate.Notes;
import java.io.File;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What items do, and what must become of them when nobody else interferes. Those that misbehave are
 * taken from the catalogue by name, so that a child loads it only when it needs it.
 */
enum Deed {
  QUICK(Fate.ANSWER),
  NAPS(Fate.ANSWER),
  SPINS(Fate.ANSWER),
  PRINTS(Fate.ANSWER),
  /** Is interrupted all the while. */
  PESTERED(Fate.ANSWER),
  /** Returns more than staging holds. */
  LARGE(Fate.BYTES),
  NOTHING(Fate.NULL, "RETURNS_NULL"),
  INTERRUPTS_ITSELF(Fate.RETURNED, "INTERRUPTS_ITSELF"),
  LEAVES_A_THREAD(Fate.RETURNED, "LEAVES_A_THREAD"),
  LEAVES_A_DAEMON(Fate.RETURNED, "LEAVES_A_DAEMON"),
  THROWS(Fate.FAILURE, "THROWS_CHECKED"),
  THROWS_ERROR(Fate.FAILURE, "THROWS_ERROR"),
  THROWS_SPITEFULLY(Fate.FAILURE, "THROWS_WHAT_THROWS"),
  RECURSES(Fate.FAILURE, "RECURSES"),
  RETURNS_WHAT_CANNOT_BE_SENT(Fate.FAILURE, "RETURNS_WHAT_CANNOT_BE_SENT"),
  EXITS("EXITS", Cause.EXIT, 7),
  EXITS_WITH_ZERO("EXITS_WITH_ZERO", Cause.EXIT, 0),
  HALTS("HALTS", Cause.EXIT, 137),
  EATS_THE_HEAP("EATS_THE_HEAP", Cause.OUT_OF_MEMORY, 3),
  CRASHES_NATIVELY("CRASHES_NATIVELY", Cause.NATIVE_CRASH, 134),
  SLEEPS(Fate.HANG, "SLEEPS"),
  COUNTS(Fate.HANG, "SPINS_IN_A_COUNTED_LOOP"),
  IGNORES_INTERRUPTS(Fate.HANG, "IGNORES_INTERRUPTS"),
  STOPS_ITSELF(Fate.HANG, "STOPS_ITSELF"),
  STARTS_A_CHILD(Fate.HANG, "STARTS_A_CHILD"),
  STARTS_A_DAEMON(Fate.HANG, "STARTS_A_DAEMON"),
  HANGS_IN_A_HOOK(Fate.HANG, "HANGS_IN_A_SHUTDOWN_HOOK");

  /** What becomes of an item. */
  enum Fate {
    /** Success, with the answer to its order. */
    ANSWER,
    /** Success, with as many KiB as asked for. */
    BYTES,
    NULL,
    /** Success, with the catalogue's word. */
    RETURNED,
    FAILURE,
    DEATH,
    /** Ends only when it is ended. */
    HANG
  }

  final Fate fate;
  private final String misdeed;
  final Cause cause;
  final int exitCode;

  Deed(Fate fate) {
    this(fate, "", Cause.EXIT, 0);
  }

  Deed(Fate fate, String misdeed) {
    this(fate, misdeed, Cause.EXIT, 0);
  }

  Deed(String misdeed, Cause cause, int exitCode) {
    this(Fate.DEATH, misdeed, cause, exitCode);
  }

  Deed(Fate fate, String misdeed, Cause cause, int exitCode) {
    this.fate = fate;
    this.misdeed = misdeed;
    this.cause = cause;
    this.exitCode = exitCode;
  }

  /** In a child. */
  Object act(Order order, Shape shape, File own) throws Exception {
    switch (this) {
      case NAPS -> nap(order.arg());
      case SPINS -> {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(order.arg());
        while (System.nanoTime() < end) {
          Thread.onSpinWait();
        }
      }
      case PRINTS -> {
        for (int i = 0; i < order.arg(); i++) {
          System.out.println(Printed.line('o', order, i));
          System.err.println(Printed.line('e', order, i));
        }
      }
      case PESTERED -> pestered(order.arg());
      default -> {
        if (!misdeed.isEmpty()) {
          own.mkdirs();
          return Misbehaving.valueOf(misdeed).task(Notes.in(own.toPath())).call();
        }
      }
    }
    return result(order, shape);
  }

  /** The result where it is of our own making; also what the judge expects. */
  Object result(Order order, Shape shape) {
    return switch (fate) {
      case BYTES -> {
        byte[] bytes = new byte[order.arg() << 10];
        Arrays.fill(bytes, (byte) order.id());
        yield bytes;
      }
      case RETURNED -> "returned";
      case ANSWER -> shape.wrap(order.answered());
      default -> null;
    };
  }

  /** Whatever interrupts come. */
  private static void nap(int millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      Thread.interrupted();
    }
  }

  private static void pestered(int millis) throws InterruptedException {
    Thread victim = Thread.currentThread();
    Thread pest =
        new Thread(
            () -> {
              long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
              while (System.nanoTime() < end) {
                victim.interrupt();
                LockSupport.parkNanos(50_000);
              }
            });
    pest.start();
    while (pest.isAlive()) { // not longer: between two items it would close the channel
      nap(1);
    }
  }
}
