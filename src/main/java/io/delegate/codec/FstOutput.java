package io.delegate.codec;

import java.io.IOException;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nustaq.serialization.FSTClazzInfo;
import org.nustaq.serialization.FSTClazzInfo.FSTFieldInfo;
import org.nustaq.serialization.FSTObjectOutput;

/** FST's output for plain classes, with forms of our own ({@link Kind}) for all others. */
final class FstOutput extends FSTObjectOutput implements FormOutput {
  /** The tag of our own forms, none that FST uses. */
  static final byte FORM = -40;

  private static final int BUFFER = 4_000;
  private static final int BUFFER_KEPT = 1 << 20; // after a larger message, memory is worth more

  private final FstSession session;
  private final FSTFieldInfo anything = new FSTFieldInfo(null, null, true);
  private final Map<Class<?>, Integer> types = new IdentityHashMap<>();
  private final Map<Object, Object> open = new IdentityHashMap<>();

  FstOutput(FstSession session, FstSettings settings) {
    super(settings);
    this.session = session;
  }

  byte[] encode(Object value) throws IOException {
    try {
      writeByte(FstCodec.FST);
      writeAny(value);
      return Arrays.copyOf(getBuffer(), getWritten());
    } finally {
      types.clear();
      open.clear();
      if (getBuffer().length > BUFFER_KEPT) {
        resetForReUse(new byte[BUFFER]);
      } else {
        resetForReUse();
      }
    }
  }

  @Override
  public RecordShape shapeOf(Class<?> type) {
    return session.shapeOf(type);
  }

  @Override
  public void writePrimitives(Object array, int length) throws IOException {
    getCodec().writePrimitiveArray(array, 0, length);
  }

  @Override
  public void writeAny(@Nullable Object value) throws IOException {
    writeObjectWithContext(anything, value, null);
  }

  @Override
  public void writeSize(int size) throws IOException {
    writeInt(size);
  }

  /** Its name the first time, then its number. */
  @Override
  public void writeType(Class<?> type) throws IOException {
    Integer known = types.get(type);
    if (known != null) {
      writeInt(known);
      return;
    }
    session.admit(type);
    types.put(type, types.size() + 1);
    writeInt(0);
    writeUTF(type.getName());
  }

  @Override
  protected @Nullable FSTClazzInfo writeObjectWithContext(
      FSTFieldInfo place, @Nullable Object value, @Nullable FSTClazzInfo known) throws IOException {
    if (value == null) {
      return super.writeObjectWithContext(place, null, null);
    }
    Kind kind = session.admittedKind(value.getClass());
    switch (kind) {
      case PLAIN, BASIC -> {
        return super.writeObjectWithContext(place, value, known);
      }
      case FOREIGN -> throw new Refusal(value.getClass() + " is not for FST");
      default -> writeForm(kind, value);
    }
    return null;
  }

  private void writeForm(Kind kind, Object value) throws IOException {
    if (kind.late() && open.containsKey(value)) {
      throw new Refusal(value.getClass() + " refers to itself");
    }
    if (kind.shared() && writeHandleIfApplicable(value, null)) {
      return;
    }
    writeByte(FORM);
    writeByte(kind.ordinal());
    if (kind.late()) {
      open.put(value, value);
    }
    Forms.write(this, kind, value);
    if (kind.late()) {
      open.remove(value);
    }
  }
}
