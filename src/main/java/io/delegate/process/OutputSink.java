package io.delegate.process;

import io.delegate.Output;

/**
 * Takes the lines children write; what tells their items has been taken out. It is called on the
 * reader threads, one for each stream of each child; while it does not return, that child's writes
 * wait once the pipe is full. What it throws is dropped.
 */
public interface OutputSink {
  /**
   * A line of stdout.
   *
   * @param pid the child
   * @param line without its end; longer lines than 8 KiB come in pieces
   */
  void stdout(long pid, String line);

  /**
   * A line of stderr.
   *
   * @param pid the child
   * @param line without its end; longer lines than 8 KiB come in pieces
   */
  void stderr(long pid, String line);

  /**
   * A line of stdout, with the item during which it was written.
   *
   * @param pid the child
   * @param item the item as text, cut to 200 characters; empty when it is not known
   * @param line without its end
   */
  default void stdout(long pid, String item, String line) {
    stdout(pid, line);
  }

  /**
   * A line of stderr, with the item during which it was written.
   *
   * @param pid the child
   * @param item the item as text, cut to 200 characters; empty when it is not known
   * @param line without its end
   */
  default void stderr(long pid, String item, String line) {
    stderr(pid, line);
  }

  /**
   * The sink for an option.
   *
   * @param output where the lines are to go
   * @return the sink
   */
  static OutputSink of(Output output) {
    return switch (output) {
      case LOG -> log();
      case INHERIT -> inherit();
      case DISCARD -> discard();
    };
  }

  /**
   * To SLF4J: {@code io.delegate.child.stdout} at INFO, {@code io.delegate.child.stderr} at WARN,
   * the pid in the MDC as {@code delegate.pid}, the item, where it is known, as {@code
   * delegate.item}.
   *
   * @return the sink
   */
  static OutputSink log() {
    return LogSink.INSTANCE;
  }

  /**
   * To the parent's own stdout and stderr.
   *
   * @return the sink
   */
  static OutputSink inherit() {
    return InheritSink.INSTANCE;
  }

  /**
   * Away.
   *
   * @return the sink
   */
  static OutputSink discard() {
    return DiscardSink.INSTANCE;
  }
}
