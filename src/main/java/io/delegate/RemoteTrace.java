package io.delegate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Shows a remote stack trace as the cause of a local exception. */
final class RemoteTrace extends Throwable {
  private static final long serialVersionUID = 1L;

  private static final Pattern FRAME =
      Pattern.compile("\\tat (?:.*/)?([^/()]+)\\.([^.()]+)\\(([^:()]*)(?::(\\d{1,9}))?\\)");

  private final String title;

  /** The text is the child's: one of thousands of causes must not fill our stack. */
  private static final int MOST_CAUSES = 50;

  private static final Pattern CAUSE = Pattern.compile("(?m)^Caused by: (.*)$");

  RemoteTrace(RemoteError error) {
    super(error.message(), causeIn(error.stackTrace(), MOST_CAUSES), false, true);
    title = "in the child: " + error;
    setStackTrace(frames(error.stackTrace()));
  }

  private RemoteTrace(String cause, String rest, int more) {
    super(cause, causeIn(rest, more), false, true);
    title = "in the child: " + cause;
    setStackTrace(frames(rest));
  }

  /** What the remote trace says after the first "Caused by", as causes of their own. */
  private static @Nullable RemoteTrace causeIn(String printed, int more) {
    Matcher m = CAUSE.matcher(printed);
    return more > 0 && m.find()
        ? new RemoteTrace(m.group(1), printed.substring(m.end()), more - 1)
        : null;
  }

  /** The frames of the outermost exception: what stands before the first "Caused by". */
  private static StackTraceElement[] frames(String printed) {
    List<StackTraceElement> frames = new ArrayList<>();
    for (String line : printed.split("\\R")) {
      if (line.startsWith("Caused by: ")) {
        break;
      }
      Matcher m = FRAME.matcher(line);
      if (m.matches()) {
        int number = m.group(4) == null ? -1 : Integer.parseInt(m.group(4));
        frames.add(new StackTraceElement(m.group(1), m.group(2), m.group(3), number));
      }
    }
    return frames.toArray(new StackTraceElement[0]);
  }

  @Override
  public String toString() {
    return title;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
