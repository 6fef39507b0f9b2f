package io.delegate;

/** How far the code in a child is trusted with what it sends back. */
public enum Trust {
  /** It may crash, leak or hang, but means no harm: results of any class are decoded. */
  TRUSTED,
  /**
   * It may be hostile. Only results of the allowed classes are decoded: those of {@link
   * ProcessScheduler.Builder#resultTypes}, scalars, enums among the allowed classes, {@code
   * java.time}, other values and the plain collections of {@code java.util}, and arrays of these;
   * no more than 200 levels deep and a million objects large. What is in a set, or a key of a map,
   * must be a value or an allowed class made of nothing else, and sorted collections are in natural
   * order. Everything else is the {@link Outcome.Failure} of that item. Exceptions come as text
   * alone.
   */
  UNTRUSTED
}
