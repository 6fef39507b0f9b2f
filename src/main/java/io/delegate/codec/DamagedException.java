package io.delegate.codec;

import java.io.IOException;

/** The bytes are not what the codec wrote. */
final class DamagedException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedException(String what) {
    super("damaged: " + what);
  }
}
