package io.delegate.wire;

import java.io.IOException;

/** The other side broke the rules of the channel; nothing it says after that counts. */
public final class ProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message which rule
   */
  public ProtocolException(String message) {
    super(message);
  }
}
