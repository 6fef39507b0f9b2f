package io.delegate;

/**
 * What was thrown in a child, as text: it can be told without the classes it was made of.
 *
 * @param type the binary name of the exception's class
 * @param message its message, empty when it had none
 * @param stackTrace its whole printed stack trace, with causes and suppressed exceptions
 */
public record RemoteError(String type, String message, String stackTrace) {
  /** One readable line, without the stack trace. */
  @Override
  public String toString() {
    return message.isEmpty() ? type : type + ": " + message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
