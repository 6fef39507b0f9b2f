package io.delegate.engine;

import io.delegate.ChildId;
import io.delegate.Codec;
import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import io.delegate.codec.Codecs;
import io.delegate.codec.Thrown;
import io.delegate.link.Told;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of an item, decoded when first asked for: off the threads that drive the children.
 */
final class Answer {
  final Flight flight;

  /** The answer behind it, where many go to one stream together. */
  @Nullable Answer next;

  private @Nullable Outcome<Object, Object> outcome;

  private boolean shared;

  /** When it was told to listeners, by {@link System#nanoTime()}. */
  private long sharedAt;

  /** A result as it came over the wire: a part of a batch with others. */
  private byte @Nullable [] batch;

  private final int offset;
  private final int length;
  private final byte status;
  private final long pid;
  private final long nanos;
  private final @Nullable Codec codec;

  private Answer(Flight flight, Outcome<Object, Object> outcome, int length) {
    this(flight, 0, 0, ResultFrame.OK, null, 0, length, null);
    this.outcome = outcome;
  }

  private Answer(
      Flight flight,
      long pid,
      long nanos,
      byte status,
      byte @Nullable [] batch,
      int offset,
      int length,
      @Nullable Codec codec) {
    this.flight = flight;
    this.pid = pid;
    this.nanos = nanos;
    this.status = status;
    this.batch = batch;
    this.offset = offset;
    this.length = length;
    this.codec = codec;
  }

  /** A result frame's value, which stays in the batch it came with. */
  static Answer encoded(
      Flight flight,
      long pid,
      long nanos,
      byte status,
      byte[] batch,
      int offset,
      int length,
      Codec codec) {
    return new Answer(flight, pid, nanos, status, batch, offset, length, codec);
  }

  /** A result that is this array; that its item has run once more is counted afterwards. */
  static Answer bytes(Flight flight, long pid, long nanos, byte[] result) {
    Duration took = Duration.ofNanos(Math.max(0, nanos));
    return new Answer(
        flight,
        new Outcome.Success<>(flight.item, pid, took, flight.attempts + 1, result),
        result.length);
  }

  static Answer aborted(Flight flight, long pid, Duration took, Death death) {
    return new Answer(
        flight, new Outcome.Aborted<>(flight.item, pid, took, flight.attempts, death), 0);
  }

  static Answer timedOut(
      Flight flight,
      long pid,
      Duration took,
      Duration limit,
      String threadDump,
      Outcome.Limit which) {
    return new Answer(
        flight,
        new Outcome.TimedOut<>(flight.item, pid, took, flight.attempts, limit, threadDump, which),
        0);
  }

  /** The item never got to a child. */
  static Answer unsendable(Flight flight, Throwable why) {
    return new Answer(
        flight, new Outcome.Failure<>(flight.item, 0, Duration.ZERO, 0, describe(why, "")), 0);
  }

  /** What a node tells of it: what a child said is not decoded. */
  Told told(long number) {
    byte[] encoded = batch;
    int attempts = flight.attempts;
    if (encoded != null) {
      Told.Kind kind = status == ResultFrame.OK ? Told.Kind.VALUE : Told.Kind.ERROR;
      return new Told.Answered(number, attempts, pid, nanos, kind, encoded, offset, length);
    }
    Outcome<Object, Object> known = Objects.requireNonNull(outcome);
    if (known instanceof Outcome.Success<Object, Object> s && s.result() instanceof byte[] bytes) {
      long ran = s.took().toNanos();
      return new Told.Answered(
          number, attempts, s.pid(), ran, Told.Kind.BYTES, bytes, 0, bytes.length);
    }
    if (known instanceof Outcome.Aborted<Object, Object> a) {
      return new Told.Died(number, attempts, a.pid(), a.took(), a.death());
    }
    if (known instanceof Outcome.TimedOut<Object, Object> t) {
      return new Told.Late(
          number, attempts, t.pid(), t.took(), t.limit(), t.which(), t.threadDump());
    }
    if (known instanceof Outcome.Failure<Object, Object> f) {
      return new Told.Unsent(number, attempts, f.error());
    }
    throw new IllegalStateException("no node has such an answer: " + known);
  }

  /** What a node has told of an item, whose attempts are those that it told. */
  static Answer of(Flight flight, Told told, int node) {
    if (told instanceof Told.Answered a) {
      long pid = ChildId.of(node, a.pid());
      byte status = a.kind() == Told.Kind.ERROR ? ResultFrame.FAILED : ResultFrame.OK;
      Codec by = flight.work.codec();
      if (a.kind() != Told.Kind.BYTES) {
        return encoded(flight, pid, a.nanos(), status, a.bytes(), a.offset(), a.length(), by);
      }
      Duration took = Duration.ofNanos(Math.max(0, a.nanos()));
      return new Answer(
          flight,
          new Outcome.Success<>(flight.item, pid, took, flight.attempts, a.bytes()),
          a.length());
    }
    if (told instanceof Told.Died d) {
      return aborted(flight, ChildId.of(node, d.pid()), d.took(), d.death());
    }
    if (told instanceof Told.Late l) {
      long pid = ChildId.of(node, l.pid());
      return timedOut(flight, pid, l.took(), l.limit(), l.threadDump(), l.which());
    }
    Outcome<Object, Object> failure =
        new Outcome.Failure<>(
            flight.item, 0, Duration.ZERO, flight.attempts, ((Told.Unsent) told).error());
    return new Answer(flight, failure, 0);
  }

  /** About how much memory it holds, and its outcome once it is decoded. */
  long bytes() {
    return (long) flight.size + length;
  }

  /** Reporters will ask for its outcome, too, on another thread. */
  void share() {
    shared = true;
    sharedAt = System.nanoTime();
  }

  /** How long its item was under way without running, for listeners; zero if that is not known. */
  Duration waited() {
    long since = flight.arrived;
    long underWay = since == 0 || sharedAt == 0 ? 0 : sharedAt - since;
    return Duration.ofNanos(Math.max(0, underWay - outcome().took().toNanos()));
  }

  Outcome<Object, Object> outcome() {
    return shared ? outcomeOnce() : outcomeHere();
  }

  private synchronized Outcome<Object, Object> outcomeOnce() {
    return outcomeHere();
  }

  private Outcome<Object, Object> outcomeHere() {
    byte[] encoded = batch;
    if (encoded != null) {
      outcome = decode(encoded, Objects.requireNonNull(codec));
      batch = null; // it may hold hundreds of other results
    }
    return Objects.requireNonNull(outcome);
  }

  private Outcome<Object, Object> decode(byte[] encoded, Codec by) {
    Object item = flight.item;
    int attempt = flight.attempts;
    Duration took = Duration.ofNanos(Math.max(0, nanos));
    try {
      if (status == ResultFrame.FAILED) {
        return new Outcome.Failure<>(item, pid, took, attempt, error(encoded, by));
      }
      Object result = Values.decode(encoded, offset, length, by, flight.work.loader());
      return new Outcome.Success<>(item, pid, took, attempt, result);
    } catch (Throwable damaged) { // whatever the child sent, the stream goes on
      RemoteError error = describe(damaged, "the result cannot be read: ");
      return new Outcome.Failure<>(item, pid, took, attempt, error);
    }
  }

  private RemoteError error(byte[] encoded, Codec by) throws ProtocolException {
    ByteBuffer in = ByteBuffer.wrap(encoded, offset, length);
    RemoteError told = ResultFrame.decode(in);
    if (Codecs.isFiltered(by)) {
      return told;
    }
    return new RemoteError(
        told.type(),
        told.message(),
        told.stackTrace(),
        Thrown.decode(encoded, in.position(), in.remaining(), flight.work.loader()));
  }

  static RemoteError describe(Throwable thrown, String prefix) {
    String type = thrown.getClass().getName();
    try {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace));
      String message = thrown.getMessage();
      return new RemoteError(type, prefix + (message == null ? "" : message), trace.toString());
    } catch (Throwable hostile) { // a user's exception may throw from its own methods
      String note = "(its own methods threw " + hostile.getClass().getName() + ")";
      return new RemoteError(type, prefix + note, type + " " + note);
    }
  }
}
