package io.delegate.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What each of several children takes of the machine, unless the user says so: a JVM that knows
 * nothing of the others helps itself to all processors and to a quarter of the memory.
 */
final class Share {
  private static final Pattern PROCESSORS = Pattern.compile("-XX:ActiveProcessorCount=.*");

  /** A share beside any of these would be another base for it, or an error. */
  private static final Pattern HEAP =
      Pattern.compile(
          "-Xmx.*|-XX:(MaxHeapSize|MaxRAM|MaxRAMPercentage|MaxRAMFraction|MinRAMPercentage)=.*"
              + "|-XX:\\+AggressiveHeap");

  /** Of the memory, for the heaps of all children; the rest is for the parent and all else. */
  private static final double PERCENT = 75;

  /** The JVM's own choice, which is never exceeded: so up to three children are left to it. */
  private static final double PERCENT_OF_ONE = 25;

  private Share() {}

  /**
   * The flags. With processors to spare each child gets the same whole number, rounded up: one that
   * idles beside two that work would cost more than a little crowding. However small the share of
   * memory, a JVM takes 126 MB as its limit; so beyond the children that fit in with that, they
   * claim more than there is.
   */
  static List<String> flags(int children, int processors, List<String> jvmArgs) {
    List<String> flags = new ArrayList<>();
    if (children > 1 && isOpen(PROCESSORS, jvmArgs)) {
      int each = (processors + children - 1) / children;
      flags.add("-XX:ActiveProcessorCount=" + Math.max(1, each));
    }
    double percent = PERCENT / children;
    if (percent < PERCENT_OF_ONE && isOpen(HEAP, jvmArgs)) {
      flags.add(String.format(Locale.ROOT, "-XX:MaxRAMPercentage=%.3f", percent));
    }
    return flags;
  }

  /** How many of the memory's hundred parts one of so many may take, rounded down. */
  static long percent(int children) {
    return (long) (PERCENT / children);
  }

  private static boolean isOpen(Pattern flag, List<String> jvmArgs) {
    return jvmArgs.stream().noneMatch(arg -> flag.matcher(arg).matches());
  }
}
