package io.delegate;

import java.util.Objects;

/**
 * A work whose items and results go by a codec of their own, as {@link Work#encodedBy} makes it.
 *
 * @param <I> what goes in
 * @param <R> what comes out
 * @param codec the full name of the codec's class
 * @param work what runs
 * @serial exclude
 */
public record EncodedWork<I, R>(String codec, Work<I, R> work) implements Work<I, R> {
  /**
   * Neither may be null.
   *
   * @param codec the full name of the codec's class
   * @param work what runs
   */
  public EncodedWork {
    Objects.requireNonNull(codec, "codec");
    Objects.requireNonNull(work, "work");
  }

  @Override
  public R apply(I item) throws Exception {
    return work.apply(item);
  }
}
