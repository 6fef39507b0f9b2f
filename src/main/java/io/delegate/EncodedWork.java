package io.delegate;

import java.util.Objects;

/**
 * A work whose items and results go by a codec of their own, as {@link Work#encodedBy} makes it.
 *
 * @param codec the full name of the codec's class
 * @param work what runs
 * @param <I> what goes in
 * @param <R> what comes out
 */
public record EncodedWork<I, R>(String codec, Work<I, R> work) implements Work<I, R> {
  /** Neither may be null. */
  public EncodedWork {
    Objects.requireNonNull(codec, "codec");
    Objects.requireNonNull(work, "work");
  }

  @Override
  public R apply(I item) throws Exception {
    return work.apply(item);
  }
}
