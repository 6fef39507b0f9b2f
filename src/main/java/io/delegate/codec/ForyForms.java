package io.delegate.codec;

import org.apache.fory.Fory;

/** The classes of the JDK that Fory knows, but not as Java serialization has them. */
final class ForyForms {
  private ForyForms() {}

  static void replace(Fory fory) {}
}
