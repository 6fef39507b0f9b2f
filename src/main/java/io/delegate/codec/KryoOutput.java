package io.delegate.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Output;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Kryo's output, to which the forms of each {@link Kind} are written. */
final class KryoOutput extends Output implements FormOutput {
  private static final int BUFFER = 4_000;
  private static final int NO_LIMIT = -1;

  private final KryoSession session;
  private final Kryo kryo;
  private final Map<Class<?>, Integer> types = new IdentityHashMap<>();
  private final Map<Object, Object> open = new IdentityHashMap<>();

  KryoOutput(KryoSession session, Kryo kryo) {
    super(BUFFER, NO_LIMIT);
    this.session = session;
    this.kryo = kryo;
  }

  byte[] encode(Object value) {
    try {
      reset();
      writeByte(KryoCodec.KRYO);
      writeAny(value);
      return toBytes();
    } finally {
      types.clear();
      open.clear();
    }
  }

  void writeForm(Kind kind, Object value) throws IOException {
    boolean late = kind.late();
    if (late && open.put(value, value) != null) {
      throw new Refusal(value.getClass() + " refers to itself");
    }
    Forms.write(this, kind, value);
    if (late) {
      open.remove(value);
    }
  }

  @Override
  public void writeChar(int value) {
    writeChar((char) value);
  }

  @Override
  public void writeUTF(String text) {
    writeString(text);
  }

  @Override
  public void write(byte[] bytes) {
    writeBytes(bytes);
  }

  @Override
  public void writePrimitives(Object array, int length) {
    if (array instanceof int[] a) {
      writeInts(a, 0, length);
    } else if (array instanceof double[] a) {
      writeDoubles(a, 0, length);
    } else if (array instanceof long[] a) {
      writeLongs(a, 0, length);
    } else if (array instanceof byte[] a) {
      writeBytes(a);
    } else if (array instanceof float[] a) {
      writeFloats(a, 0, length);
    } else if (array instanceof char[] a) {
      writeChars(a, 0, length);
    } else if (array instanceof short[] a) {
      writeShorts(a, 0, length);
    } else {
      writeBooleans((boolean[]) array, 0, length);
    }
  }

  @Override
  public void writeAny(@Nullable Object value) {
    kryo.writeClassAndObject(this, value);
  }

  @Override
  public void writeSize(int size) {
    writeVarInt(size, true);
  }

  /** Its name the first time, then its number. */
  @Override
  public void writeType(Class<?> type) {
    Integer known = types.get(type);
    if (known != null) {
      writeSize(known);
      return;
    }
    session.admit(type);
    types.put(type, types.size() + 1);
    writeSize(0);
    writeString(type.getName());
  }

  @Override
  public RecordShape shapeOf(Class<?> type) {
    return session.shapeOf(type);
  }
}
