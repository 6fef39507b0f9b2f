package io.delegate.codec;

import org.apache.fory.context.WriteContext;
import org.apache.fory.memory.MemoryBuffer;
import org.jspecify.annotations.Nullable;

/** Fory's output, to which the forms of a {@link Kind} are written. */
final class ForyOutput implements FormOutput {
  private final WriteContext context;
  private final Session session;
  private final MemoryBuffer out;

  ForyOutput(WriteContext context, Session session) {
    this.context = context;
    this.session = session;
    this.out = context.getBuffer();
  }

  @Override
  public void writeBoolean(boolean value) {
    out.writeBoolean(value);
  }

  @Override
  public void writeByte(int value) {
    out.writeByte((byte) value);
  }

  @Override
  public void writeShort(int value) {
    out.writeInt16((short) value);
  }

  @Override
  public void writeChar(int value) {
    out.writeChar((char) value);
  }

  @Override
  public void writeInt(int value) {
    out.writeInt32(value);
  }

  @Override
  public void writeLong(long value) {
    out.writeInt64(value);
  }

  @Override
  public void writeFloat(float value) {
    out.writeFloat32(value);
  }

  @Override
  public void writeDouble(double value) {
    out.writeFloat64(value);
  }

  @Override
  public void writeUTF(String text) {
    context.writeString(text);
  }

  @Override
  public void write(byte[] bytes) {
    out.writeBytes(bytes);
  }

  /** Arrays are Fory's own. */
  @Override
  public void writePrimitives(Object array, int length) {
    context.writeNonRef(array);
  }

  @Override
  public void writeAny(@Nullable Object value) {
    context.writeRef(value);
  }

  @Override
  public void writeSize(int size) {
    out.writeVarUInt32(size);
  }

  @Override
  public void writeType(Class<?> type) {
    session.admit(type);
    context.writeString(type.getName());
  }

  @Override
  public RecordShape shapeOf(Class<?> type) {
    return session.shapeOf(type);
  }
}
