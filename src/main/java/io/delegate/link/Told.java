package io.delegate.link;

import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import io.delegate.wire.ProtocolException;
import java.time.Duration;

/** What became of an item on a node. What its child said is passed on as it came. */
public sealed interface Told {
  /**
   * The item.
   *
   * @return its number on this link
   */
  long number();

  /**
   * How often it has run, there and before.
   *
   * @return the number of runs
   */
  int attempts();

  /**
   * What the child said.
   *
   * @param number the item
   * @param attempts how often it has run
   * @param pid the child
   * @param nanos how long it ran
   * @param kind whether it is a value, a value that is just bytes, or an error
   * @param bytes holds the value
   * @param offset where it begins
   * @param length how long it is
   */
  record Answered(
      long number,
      int attempts,
      long pid,
      long nanos,
      Kind kind,
      byte[] bytes,
      int offset,
      int length)
      implements Told {}

  /** The kinds of what a child says. */
  enum Kind {
    /** A result. */
    VALUE,
    /** A result that is an array of bytes: these. */
    BYTES,
    /** The work threw. */
    ERROR
  }

  /**
   * Its child died.
   *
   * @param number the item
   * @param attempts how often it has run
   * @param pid the child
   * @param took how long it ran
   * @param death how the child died
   */
  record Died(long number, int attempts, long pid, Duration took, Death death) implements Told {}

  /**
   * A limit was passed.
   *
   * @param number the item
   * @param attempts how often it has run
   * @param pid the child
   * @param took how long it ran
   * @param limit the limit
   * @param which that was
   * @param threadDump what the child's threads did
   */
  record Late(
      long number,
      int attempts,
      long pid,
      Duration took,
      Duration limit,
      Outcome.Limit which,
      String threadDump)
      implements Told {}

  /**
   * It never got to a child.
   *
   * @param number the item
   * @param attempts how often it has run
   * @param error why
   */
  record Unsent(long number, int attempts, RemoteError error) implements Told {}

  /** Writes it. */
  static void put(Packer out, Told told) {
    if (told instanceof Answered a) {
      out.put((byte) 0).put(a.number).put(a.attempts).put(a.pid).put(a.nanos);
      out.put((byte) a.kind.ordinal()).put(a.bytes, a.offset, a.length);
    } else if (told instanceof Died d) {
      out.put((byte) 1).put(d.number).put(d.attempts).put(d.pid).put(d.took);
      Deaths.put(out, d.death);
    } else if (told instanceof Late l) {
      out.put((byte) 2).put(l.number).put(l.attempts).put(l.pid).put(l.took).put(l.limit);
      out.put((byte) l.which.ordinal()).put(l.threadDump);
    } else if (told instanceof Unsent u) {
      out.put((byte) 3).put(u.number).put(u.attempts);
      out.put(u.error.type()).put(u.error.message()).put(u.error.stackTrace());
    }
  }

  /** Reads it. */
  static Told read(Unpacker in) throws ProtocolException {
    byte code = in.readByte();
    long number = in.readLong();
    int attempts = in.readInt();
    return switch (code) {
      case 0 -> {
        long pid = in.readLong();
        long nanos = in.readLong();
        Kind kind = in.readOneOf(Kind.values());
        byte[] bytes = in.readBytes();
        yield new Answered(number, attempts, pid, nanos, kind, bytes, 0, bytes.length);
      }
      case 1 -> new Died(number, attempts, in.readLong(), in.readDuration(), Deaths.read(in));
      case 2 ->
          new Late(
              number,
              attempts,
              in.readLong(),
              in.readDuration(),
              in.readDuration(),
              in.readOneOf(Outcome.Limit.values()),
              in.readText());
      case 3 ->
          new Unsent(
              number, attempts, new RemoteError(in.readText(), in.readText(), in.readText()));
      default -> throw new ProtocolException("nothing becomes of an item with the code " + code);
    };
  }
}
