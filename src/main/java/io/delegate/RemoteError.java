package io.delegate;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was thrown in a child. The text tells it without the classes it was made of. Two are equal
 * when their text is.
 *
 * @param type the binary name of the exception's class
 * @param message its message, empty when it had none
 * @param stackTrace its whole printed stack trace, with causes and suppressed exceptions
 * @param exception the exception itself with its causes, those it suppressed and its stack trace of
 *     the child, where it could be serialized there in 64 KiB and rebuilt here; never from a child
 *     that is not trusted
 */
public record RemoteError(
    String type, String message, String stackTrace, Optional<Throwable> exception) {
  /**
   * As text alone.
   *
   * @param type the class of the exception
   * @param message its message
   * @param stackTrace its printed stack trace
   */
  public RemoteError(String type, String message, String stackTrace) {
    this(type, message, stackTrace, Optional.empty());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RemoteError e
        && type.equals(e.type)
        && message.equals(e.message)
        && stackTrace.equals(e.stackTrace);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, message, stackTrace);
  }

  /** One readable line, without the stack trace. */
  @Override
  public String toString() {
    return message.isEmpty() ? type : type + ": " + message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
