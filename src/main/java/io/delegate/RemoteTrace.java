package io.delegate;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows a remote stack trace as the cause of a local exception. */
final class RemoteTrace extends Throwable {
  private static final long serialVersionUID = 1L;

  private static final Pattern FRAME =
      Pattern.compile("\\tat (?:.*/)?([^/()]+)\\.([^.()]+)\\(([^:()]*)(?::(\\d+))?\\)");

  private final String title;

  RemoteTrace(RemoteError error) {
    super(error.message(), null, false, true);
    title = "in the child: " + error;
    setStackTrace(frames(error.stackTrace()));
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
