package io.delegate.process;

import java.nio.file.Path;

/**
 * What tells {@code Runtime.halt(137)} from SIGKILL, whose exit status is the same: a log the JVM
 * begins when it starts and adds to when it exits of its own will, however it does.
 *
 * @param live the JVM wrote to it, so that a missing end means something
 * @param orderly it has its end
 */
record ExitLog(boolean live, boolean orderly) {
  private static final int ENOUGH = 64 * 1024;

  /**
   * {@code gc+init} prints once at the start; {@code gc+heap+exit}, in newer JDKs {@code gc+exit},
   * once at the exit. The pattern matches both, and nothing that grows while the JVM runs.
   */
  static String flag(Path file) {
    return "-Xlog:gc+init=info,exit*=info:file=\"" + file + "\":tags:filecount=0";
  }

  static ExitLog read(Path file) {
    String text = ChildFiles.head(file, ENOUGH); // empty: a launcher failed, another kind of JVM
    return new ExitLog(text.contains("[gc,init"), text.contains(",exit"));
  }
}
