package io.delegate.engine;

import io.delegate.Codec;
import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import io.delegate.codec.Codecs;
import io.delegate.codec.Thrown;
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
  private @Nullable Outcome<Object, Object> outcome;
  private @Nullable Encoded encoded;
  private final int size;

  /** A result as it came over the wire. */
  private record Encoded(
      long pid, Duration took, byte status, byte[] batch, int offset, int length, Codec codec) {}

  private Answer(
      Flight flight, @Nullable Outcome<Object, Object> outcome, @Nullable Encoded encoded) {
    this.flight = flight;
    this.outcome = outcome;
    this.encoded = encoded;
    this.size = encoded == null ? 0 : encoded.length();
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
    Duration took = Duration.ofNanos(Math.max(0, nanos));
    return new Answer(flight, null, new Encoded(pid, took, status, batch, offset, length, codec));
  }

  static Answer aborted(Flight flight, long pid, Duration took, Death death) {
    return new Answer(
        flight, new Outcome.Aborted<>(flight.item, pid, took, flight.attempts, death), null);
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
        null);
  }

  /** The item never got to a child. */
  static Answer unsendable(Flight flight, Throwable why) {
    return new Answer(
        flight, new Outcome.Failure<>(flight.item, 0, Duration.ZERO, 0, describe(why, "")), null);
  }

  /** About how much memory it holds, and its outcome once it is decoded. */
  long bytes() {
    return (long) flight.value.length + size;
  }

  synchronized Outcome<Object, Object> outcome() {
    if (outcome == null && encoded != null) {
      outcome = decode(encoded);
      encoded = null; // the batch may hold hundreds of other results
    }
    return Objects.requireNonNull(outcome);
  }

  private Outcome<Object, Object> decode(Encoded e) {
    Object item = flight.item;
    int attempt = flight.attempts;
    try {
      if (e.status() == ResultFrame.FAILED) {
        return new Outcome.Failure<>(item, e.pid(), e.took(), attempt, error(e));
      }
      Object result =
          Values.decode(e.batch(), e.offset(), e.length(), e.codec(), flight.work.loader());
      return new Outcome.Success<>(item, e.pid(), e.took(), attempt, result);
    } catch (Throwable damaged) { // whatever the child sent, the stream goes on
      RemoteError error = describe(damaged, "the result cannot be read: ");
      return new Outcome.Failure<>(item, e.pid(), e.took(), attempt, error);
    }
  }

  private RemoteError error(Encoded e) throws ProtocolException {
    ByteBuffer in = ByteBuffer.wrap(e.batch(), e.offset(), e.length());
    RemoteError told = ResultFrame.decode(in);
    if (Codecs.isFiltered(e.codec())) {
      return told;
    }
    return new RemoteError(
        told.type(),
        told.message(),
        told.stackTrace(),
        Thrown.decode(e.batch(), in.position(), in.remaining(), flight.work.loader()));
  }

  private static RemoteError describe(Throwable thrown, String prefix) {
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
