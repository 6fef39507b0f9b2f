package io.delegate.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.util.MapReferenceResolver;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One Kryo with its output and input. */
final class KryoSession extends Session {
  private static final int KEPT = 1 << 20; // after a larger message, memory is worth more

  private final Map<Class<?>, PlainShape> shapes = new HashMap<>();
  private final Kryo kryo;
  private final KryoTypes types;
  private @Nullable KryoOutput output;
  private @Nullable KryoInput input;

  KryoSession(Sessions.Home home) {
    super(home);
    types = new KryoTypes(this);
    kryo = new Kryo(types, new References());
  }

  @Override
  byte[] encode(Object value) {
    KryoOutput out = output;
    if (out == null) {
      out = new KryoOutput(this, kryo);
      output = out;
    }
    byte[] bytes = out.encode(value);
    if (bytes.length > KEPT) {
      output = null;
    }
    return bytes;
  }

  @Override
  @Nullable Object decode(byte[] bytes) throws Exception {
    KryoInput in = input;
    if (in == null) {
      in = new KryoInput(this, kryo);
      input = in;
    }
    Object value = in.decode(bytes);
    if (bytes.length > KEPT) {
      input = null;
    }
    return value;
  }

  PlainShape plainShapeOf(Class<?> type) {
    PlainShape shape = shapes.get(type);
    if (shape == null) {
      requirePlain(type);
      shape = PlainShape.of(type);
      shapes.put(type, shape);
    }
    return shape;
  }

  /** A second reference is written as such, where {@link Kind#shared()} has it so. */
  private static final class References extends MapReferenceResolver {
    @Override
    @SuppressWarnings("rawtypes") // as Kryo has it
    public boolean useReferences(Class type) {
      return super.useReferences(type) && type != Class.class && type != Void.class;
    }
  }
}
