package io.delegate.codec;

import org.jspecify.annotations.Nullable;

/**
 * A library cannot do a value as Java serialization would; without a stack trace, since it is
 * thrown on every encode of such a value.
 */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable ClassLoader elsewhere;

  Refusal(String why) {
    super(why, null, false, false);
    this.elsewhere = null;
  }

  /** A class is not to be had from the loader in use, but from this one. */
  Refusal(Class<?> type) {
    super(type + " is of another class loader", null, false, false);
    this.elsewhere = type.isHidden() ? null : type.getClassLoader();
  }

  /** The loader to try next, null when there is none. */
  @Nullable ClassLoader elsewhere() {
    return elsewhere;
  }
}
