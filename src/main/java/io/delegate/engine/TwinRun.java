package io.delegate.engine;

import io.delegate.Codec;
import io.delegate.ItemContext;
import io.delegate.Task;
import io.delegate.Work;
import io.delegate.codec.Thrown;
import io.delegate.codec.WorkCodec;
import io.delegate.wire.ContextFrame;
import io.delegate.wire.Frame;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Runs works in this JVM as a child does: on copies of their items, and with what these carry. */
final class TwinRun {
  /** A value no decoder takes. */
  private static final byte[] GARBAGE = {127, 0};

  private TwinRun() {}

  /** A result in the form in which it comes from a child. */
  record Result(byte status, byte[] bytes) {
    static final Result GARBLED = new Result(ResultFrame.OK, GARBAGE);
  }

  /** Makes the work that is run. */
  @FunctionalInterface
  interface Maker {
    Work<Object, Object> make() throws Exception;
  }

  static Result of(Flight flight, Maker work, Options options, TwinSelf self) {
    int limit = options.maxFrame() - ResultFrame.FIXED;
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    Map<String, String> mdc = MDC.getCopyOfContextMap();
    try {
      ClassLoader loader = flight.work.loader();
      thread.setContextClassLoader(loader);
      Work<Object, Object> ready = work.make();
      Object item = copy(flight, flight.work.codec(), loader);
      Object result = apply(ready, item, carried(flight), self);
      return new Result(
          ResultFrame.OK, Values.encode(result, flight.work.codec(), limit, "the result"));
    } catch (Throwable thrown) {
      return failed(thrown, limit);
    } finally {
      thread.setContextClassLoader(before);
      if (mdc == null) {
        MDC.clear();
      } else {
        MDC.setContextMap(mdc);
      }
    }
  }

  private static Result failed(Throwable thrown, int limit) {
    var error = Answer.describe(thrown, "");
    byte[] both = ResultFrame.encode(error, Thrown.encode(thrown));
    return new Result(ResultFrame.FAILED, both.length <= limit ? both : ResultFrame.encode(error));
  }

  @SuppressWarnings("NullAway") // as in a child: the front sends no null items
  private static @Nullable Object apply(
      Work<Object, Object> work, @Nullable Object item, Map<String, String> carried, TwinSelf self)
      throws Exception {
    carried.forEach(MDC::put);
    ItemContext.Scope scope = carried.isEmpty() ? () -> {} : ItemContext.open(carried);
    ItemContext.Scope child = io.delegate.Child.open(self);
    try {
      return work.apply(item);
    } finally {
      self.end();
      child.close();
      scope.close();
    }
  }

  private static @Nullable Object copy(Flight flight, Codec codec, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    ByteBuffer form = ByteBuffer.allocate(flight.size);
    flight.put(form);
    return Values.decode(form.flip(), codec, loader);
  }

  private static Map<String, String> carried(Flight flight) throws ProtocolException {
    byte[] frame = flight.context();
    if (frame == null) {
      return Map.of();
    }
    return ContextFrame.read(ByteBuffer.wrap(frame, Frame.HEADER, frame.length - Frame.HEADER))
        .values();
  }

  /** A work as a child makes it of what it was sent. */
  @SuppressWarnings("unchecked") // nothing else is sent under this type
  static Work<Object, Object> unpack(Shipped work) throws IOException, ClassNotFoundException {
    Object unpacked = WorkCodec.decode(work.frame().bytes(), work.loader());
    if (unpacked == null) {
      throw new IOException("work " + work.id() + " is null");
    }
    return (Work<Object, Object>) unpacked;
  }

  /** Runs an initializer; what it threw, as a child writes it to stderr, or null. */
  static @Nullable String initialize(byte[] task, ClassLoader loader) {
    try {
      if (WorkCodec.decode(task, loader) instanceof Task<?> unpacked) {
        unpacked.call();
      }
      return null;
    } catch (Throwable thrown) {
      return Answer.describe(thrown, "").stackTrace();
    }
  }
}
