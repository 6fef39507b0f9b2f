package io.delegate.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the children do. */
final class Works {
  private static final long SHORT_NANOS = 10_000;
  static final int LONG_MILLIS = 50;
  private static final long CRASHING_NANOS = 100_000;

  /** Keeps an endless loop from being empty. */
  private static long spun;

  private Works() {}

  static Integer triple(Integer x) {
    return 3 * x;
  }

  static Parcel parcel(Parcel x) {
    return x;
  }

  static byte[] bytes(byte[] x) {
    return x;
  }

  static Integer sleep(Integer millis) throws InterruptedException {
    Thread.sleep(millis);
    return millis;
  }

  static boolean isLong(int item) {
    return item % 100 == 37;
  }

  /** One of a hundred takes 50 ms, the others 10 µs. */
  static Integer mixed(Integer item) throws InterruptedException {
    if (isLong(item)) {
      Thread.sleep(LONG_MILLIS);
    } else {
      busy(SHORT_NANOS);
    }
    return item;
  }

  /** What {@link #mixed} takes over all items, in seconds. */
  static double mixedSeconds(int items) {
    double sum = 0;
    for (int i = 0; i < items; i++) {
      sum += isLong(i) ? LONG_MILLIS / 1e3 : SHORT_NANOS / 1e9;
    }
    return sum;
  }

  static boolean crashes(int item) {
    return item % 10 == 3;
  }

  /** 100 µs; one of ten ends its child at once. */
  static Integer crashing(Integer item) {
    if (crashes(item)) {
      Runtime.getRuntime().halt(3);
    }
    busy(CRASHING_NANOS);
    return item;
  }

  static double crashingSeconds(int items) {
    return items * (CRASHING_NANOS / 1e9);
  }

  /** Tells in a file when it began, and never ends. */
  static Integer spin(String file) throws IOException {
    long began = System.nanoTime();
    Files.writeString(Path.of(file), Long.toString(began));
    while (spun != 1) {
      spun += 2;
    }
    return 0;
  }

  /** Ends its child as soon as that file is there. */
  static Long haltOnceThere(String file) throws InterruptedException {
    Path path = Path.of(file);
    while (!Files.exists(path)) {
      Thread.sleep(1);
    }
    Runtime.getRuntime().halt(3);
    return 0L;
  }

  /** When it began, by the clock that all processes of a machine share. */
  static Long began(Integer unused) {
    return System.nanoTime();
  }

  private static void busy(long nanos) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      Thread.onSpinWait();
    }
  }
}
