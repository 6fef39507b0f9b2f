package io.delegate.worker;

import io.delegate.RemoteError;
import io.delegate.codec.Thrown;
import io.delegate.wire.ResultFrame;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Tells what was thrown, whatever the exception's own methods do. */
final class Errors {
  private static final int LONGEST_MESSAGE = 64 << 10;
  private static final int LONGEST_TRACE = 256 << 10;

  private Errors() {}

  /** As text and, where it can be had and there is room, the exception itself. */
  static byte[] encode(Throwable thrown, int limit) {
    RemoteError error = describe(thrown);
    byte[] exception = Thrown.encode(thrown);
    byte[] both = ResultFrame.encode(error, exception);
    return both.length <= limit ? both : ResultFrame.encode(error);
  }

  static RemoteError describe(Throwable thrown) {
    return new RemoteError(thrown.getClass().getName(), message(thrown), trace(thrown));
  }

  private static String message(Throwable thrown) {
    try {
      String message = thrown.getMessage();
      String told = thrown instanceof LinkageError ? TooNew.explain(thrown, message) : message;
      return told == null ? "" : cut(told, LONGEST_MESSAGE);
    } catch (Throwable e) {
      return "(its getMessage() threw " + e.getClass().getName() + ")";
    }
  }

  private static String trace(Throwable thrown) {
    try {
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text));
      return cut(text.toString(), LONGEST_TRACE);
    } catch (Throwable e) {
      return thrown.getClass().getName()
          + " (its stack trace could not be printed: "
          + e.getClass().getName()
          + ")";
    }
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest
        ? text
        : text.substring(0, longest) + "… (" + (text.length() - longest) + " characters more)";
  }
}
