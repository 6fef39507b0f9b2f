package io.delegate;

import org.jspecify.annotations.Nullable;

/** The root of all that Delegate throws itself. */
public class DelegateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message what went wrong, and the remedy
   */
  public DelegateException(String message) {
    super(message);
  }

  /**
   * Makes one.
   *
   * @param message what went wrong, and the remedy
   * @param cause what lies beneath
   */
  public DelegateException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * The work threw. The cause is what it threw, where that could be rebuilt ({@link
   * RemoteError#exception()}), else a stand-in; either has the stack trace of the child.
   */
  public static final class Failed extends DelegateException {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable RemoteError error;

    Failed(String message, RemoteError error) {
      super(message, error.exception().orElseGet(() -> new RemoteTrace(error)));
      this.error = error;
    }

    /**
     * What was thrown in the child.
     *
     * @return the error, or null after a trip through serialization
     */
    public @Nullable RemoteError error() {
      return error;
    }
  }

  /** The child died while it ran the item. */
  public static final class Aborted extends DelegateException {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable Death death;

    Aborted(String message, Death death) {
      super(message);
      this.death = death;
    }

    /**
     * How the child ended.
     *
     * @return the death, or null after a trip through serialization
     */
    public @Nullable Death death() {
      return death;
    }
  }

  /** The item ran longer than its limit and was killed. */
  public static final class TimedOut extends DelegateException {
    private static final long serialVersionUID = 1L;

    /** The stacks of the child's threads, or empty. */
    private final String threadDump;

    TimedOut(String message, String threadDump) {
      super(message);
      this.threadDump = threadDump;
    }

    /**
     * What the child's threads did when it was killed.
     *
     * @return their stacks, or empty
     */
    public String threadDump() {
      return threadDump;
    }
  }

  /** No child could be started, several times in a row. */
  public static final class StartFailed extends DelegateException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message the command, the exit code, the last lines of stderr
     */
    public StartFailed(String message) {
      super(message);
    }
  }

  /** The work itself cannot be sent to a child. */
  public static final class NotShippable extends DelegateException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message the class and the path of fields that leads to what cannot be serialized
     * @param cause what the serialization said
     */
    public NotShippable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
