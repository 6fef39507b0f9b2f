package io.delegate.process;

import java.util.Locale;

/** The operating system, as far as it matters here. */
final class Platform {
  private static final String OS = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
  static final boolean WINDOWS = OS.startsWith("windows");
  static final boolean MAC = OS.startsWith("mac");

  private Platform() {}
}
