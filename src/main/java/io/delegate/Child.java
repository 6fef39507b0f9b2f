package io.delegate;

import java.util.Optional;

/**
 * What a work knows of the child it runs in, and tells of the item it runs.
 *
 * <pre>{@code
 * Work<Path, Integer> pages =
 *     book -> {
 *       Optional<Child> child = Child.current();
 *       int count = pagesOf(book);
 *       for (int page = 0; page < count; page++) {
 *         double done = (double) page / count;
 *         child.ifPresent(c -> c.progress(done));
 *         render(book, page);
 *       }
 *       return count;
 *     };
 * }</pre>
 *
 * <p>It is there on the thread that runs the work, from when the work is called until it returns or
 * throws. Threads that a work starts do not find it, but may be given it: all its methods may be
 * called by any thread. It belongs to one run of one item. Once that is over, what it is told of
 * progress is dropped, and the rest stays as it was.
 */
public interface Child {
  /** Most characters of a note. */
  int LONGEST_NOTE = 200;

  /**
   * The child that runs an item on this thread.
   *
   * @return empty on any other thread, between two items, in an initializer, and where this JVM is
   *     no child
   */
  static Optional<Child> current() {
    return Optional.ofNullable(CurrentChild.current());
  }

  /**
   * Whether this JVM is a child, whatever thread asks.
   *
   * @return true in a work, an initializer, and what they start in this JVM
   */
  static boolean isChild() {
    return CurrentChild.isChild();
  }

  /**
   * Makes that one the current one for this thread: for tests of works, in a JVM that is no child.
   *
   * @param child a child, most likely made up
   * @return to be closed by the same thread; what was current before is so again
   */
  static ItemContext.Scope open(Child child) {
    return CurrentChild.open(child);
  }

  /**
   * The process, as outcomes and reporters name it. Behind a launcher that stays between the two,
   * and in a namespace of its own, that is not what this JVM knows as its own pid.
   *
   * @return the pid
   */
  long pid();

  /**
   * Which run of the item this is.
   *
   * @return 1 for the first; more with {@link ProcessScheduler.Builder#retryAborted}
   */
  int attempt();

  /**
   * The scheduler this child belongs to.
   *
   * @return what was given to {@link ProcessScheduler.Builder#name}
   */
  String scheduler();

  /**
   * Says that the item is alive, for {@link ProcessScheduler.Builder#silenceTimeout}, and nothing
   * else. Takes less than a microsecond.
   */
  void tick();

  /**
   * Says how far the item is, and so that it is alive. {@link Reporter#progress} is told of the
   * latest, at most ten times a second, so this may be called as often as is convenient: it writes
   * some bytes to memory and never blocks.
   *
   * @param fraction how much is done, from 0 to 1. What is less is 0, what is more is 1, and what
   *     is no number is not known: a work must not fail for a division by zero
   * @param note a line in your own words. Of longer ones {@value #LONGEST_NOTE} characters are
   *     told, and control characters as blanks
   */
  void progress(double fraction, String note);

  /**
   * The same, without words.
   *
   * @param fraction how much is done, from 0 to 1
   */
  default void progress(double fraction) {
    progress(fraction, "");
  }

  /**
   * The same, where nobody can say how much there is to do.
   *
   * @param note a line in your own words
   */
  default void progress(String note) {
    progress(Double.NaN, note);
  }
}
