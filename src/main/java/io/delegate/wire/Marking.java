package io.delegate.wire;

/**
 * Whether a child may put {@link Mark marks} between its lines, and with which secret. Each stream
 * is told {@link #NEVER}, {@link #ALWAYS}, or the inode of the parent's pipe: behind a launcher the
 * child's stdout may be a file, which is no place for marks.
 *
 * @param secret the child's own; no other child knows it
 * @param out for stdout
 * @param err for stderr
 */
public record Marking(long secret, long out, long err) {
  /** It may not. */
  public static final long NEVER = 0;

  /** It may, whatever the stream is. */
  public static final long ALWAYS = -1;

  /** No marks at all. */
  public static final Marking NONE = new Marking(0, NEVER, NEVER);
}
