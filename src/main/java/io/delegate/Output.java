package io.delegate;

/** Where the lines go that a child's code writes to stdout and stderr. */
public enum Output {
  /**
   * Line by line to SLF4J: logger {@code io.delegate.child.stdout} at INFO and {@code
   * io.delegate.child.stderr} at WARN, with the child's pid in the MDC as {@code delegate.pid} and
   * the item during which the line was written as {@code delegate.item}: its text, cut to 200
   * characters. An item of more than 4 KiB that is no string is told by its type alone. Exact for
   * what Java code prints; lines of native code may be told as those of an item that ran some
   * milliseconds before.
   */
  LOG,
  /** To the parent's own stdout and stderr, line by line. */
  INHERIT,
  /** Away. The last lines of stderr are still kept for {@link Death#stderrTail()}. */
  DISCARD
}
