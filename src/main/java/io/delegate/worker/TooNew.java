package io.delegate.worker;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what to do about a class that was compiled for a later Java than this child's. */
final class TooNew {
  private static final Pattern TOLD =
      Pattern.compile("^(\\S+) has been compiled .*\\(class file version (\\d{2,5})\\.");

  /** The number that class files of Java 1 would have had: 45 is Java 1.1. */
  private static final int FIRST = 44;

  private TooNew() {}

  /** The message, with that before it if that is what it tells of. */
  static @Nullable String explain(Throwable error, @Nullable String message) {
    if (!(error instanceof UnsupportedClassVersionError) || message == null) {
      return message;
    }
    Matcher matcher = TOLD.matcher(message);
    if (!matcher.find()) {
      return message;
    }
    int compiled = Integer.parseInt(matcher.group(2)) - FIRST;
    int own = Runtime.version().feature();
    return matcher.group(1).replace('/', '.')
        + " was compiled for Java "
        + compiled
        + ", but the child runs Java "
        + own
        + " at "
        + System.getProperty("java.home")
        + "; compile it with --release "
        + own
        + ", or set javaHome to a JDK "
        + compiled
        + ": "
        + message;
  }
}
