package io.delegate.link;

/**
 * The number of what one parent and one node have to do with each other, from its beginning to its
 * end; never used again. Of two of one parent the one that began later has the larger count.
 *
 * @param parent a random number of the parent
 * @param count which of its links it is, from 1
 */
public record LinkId(long parent, long count) {
  /** Of messages before there is a link. */
  public static final LinkId NONE = new LinkId(0, 0);

  /** As it stands in messages for people. */
  @Override
  public String toString() {
    return "%016x-%d".formatted(parent, count);
  }
}
