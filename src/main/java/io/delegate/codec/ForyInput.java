package io.delegate.codec;

import java.io.IOException;
import org.apache.fory.context.ReadContext;
import org.apache.fory.memory.MemoryBuffer;
import org.jspecify.annotations.Nullable;

/** Fory's input, from which the forms of a {@link Kind} are read. */
final class ForyInput implements FormInput {
  private final ReadContext context;
  private final Session session;
  private final MemoryBuffer in;

  ForyInput(ReadContext context, Session session) {
    this.context = context;
    this.session = session;
    this.in = context.getBuffer();
  }

  @Override
  public boolean readBoolean() {
    return in.readBoolean();
  }

  @Override
  public byte readByte() {
    return in.readByte();
  }

  @Override
  public short readShort() {
    return in.readInt16();
  }

  @Override
  public char readChar() {
    return in.readChar();
  }

  @Override
  public int readInt() {
    return in.readInt32();
  }

  @Override
  public long readLong() {
    return in.readInt64();
  }

  @Override
  public float readFloat() {
    return in.readFloat32();
  }

  @Override
  public double readDouble() {
    return in.readFloat64();
  }

  @Override
  public String readUTF() {
    return context.readString();
  }

  @Override
  public void readFully(byte[] bytes) {
    in.readBytes(bytes);
  }

  @Override
  public void readPrimitives(Object array, int length) {
    System.arraycopy(context.readNonRef(), 0, array, 0, length);
  }

  @Override
  public @Nullable Object readAny() {
    return context.readRef();
  }

  @Override
  public int readSize(int atLeast) throws IOException {
    int size = in.readVarUInt32();
    if (size < 0 || (long) size * atLeast > in.remaining()) {
      throw new DamagedException(size + " elements claimed in " + in.remaining() + " bytes");
    }
    return size;
  }

  @Override
  public Class<?> readType() throws ClassNotFoundException {
    return session.classFor(context.readString());
  }

  @Override
  public <T> T began(int at, T object) {
    context.reference(object);
    return object;
  }

  @Override
  public RecordShape shapeOf(Class<?> type) {
    return session.shapeOf(type);
  }
}
