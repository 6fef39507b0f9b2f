package io.delegate.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Kryo's input, with lengths checked against what there is and classes found by the session. */
final class KryoInput extends Input implements FormInput {
  private static final byte[] NOTHING = {};
  private static final int HIGH = 0x80; // in Kryo's strings: of several bytes, or the last one

  private final KryoSession session;
  private final Kryo kryo;
  private final List<Class<?>> types = new ArrayList<>();

  KryoInput(KryoSession session, Kryo kryo) {
    this.session = session;
    this.kryo = kryo;
  }

  @Nullable Object decode(byte[] bytes) throws IOException {
    setBuffer(bytes);
    readByte(); // the format
    Object value = readAny();
    if (position != limit) {
      throw new DamagedException((limit - position) + " bytes too many");
    }
    types.clear();
    setBuffer(NOTHING);
    return value;
  }

  private DamagedException damaged(int size) {
    return new DamagedException(size + " elements claimed in " + (limit - position) + " bytes");
  }

  @Override
  public int readSize(int atLeast) throws DamagedException {
    int size = readVarInt(true);
    if (size < 0 || (long) size * atLeast > limit - position) {
      throw damaged(size);
    }
    return size;
  }

  /** As Kryo's, but it makes no room before it has seen the bytes, nor changes any. */
  @Override
  public @Nullable String readString() {
    int start = position;
    if (readVarIntFlag()) {
      int size = readVarIntFlag(true) - 1;
      if (size > limit - position) {
        throw Fence.<RuntimeException>unchecked(damaged(size));
      }
      position = start;
      return super.readString();
    }
    int last = start;
    while (last < limit && (buffer[last] & HIGH) == 0) {
      last++;
    }
    if (last == limit) {
      throw Fence.<RuntimeException>unchecked(damaged(last - start + 1));
    }
    byte[] text = Arrays.copyOfRange(buffer, start, last + 1);
    text[last - start] = (byte) (text[last - start] & ~HIGH);
    position = last + 1;
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  @Override
  public String readUTF() throws DamagedException {
    String text = readString();
    if (text == null) {
      throw new DamagedException("a text that is null");
    }
    return text;
  }

  @Override
  public void readFully(byte[] bytes) {
    readBytes(bytes);
  }

  @Override
  public void readPrimitives(Object array, int length) {
    Object read;
    if (array instanceof int[]) {
      read = readInts(length);
    } else if (array instanceof double[]) {
      read = readDoubles(length);
    } else if (array instanceof long[]) {
      read = readLongs(length);
    } else if (array instanceof byte[]) {
      read = readBytes(length);
    } else if (array instanceof float[]) {
      read = readFloats(length);
    } else if (array instanceof char[]) {
      read = readChars(length);
    } else if (array instanceof short[]) {
      read = readShorts(length);
    } else {
      read = readBooleans(length);
    }
    System.arraycopy(read, 0, array, 0, length);
  }

  @Override
  public @Nullable Object readAny() {
    return kryo.readClassAndObject(this);
  }

  @Override
  public Class<?> readType() throws IOException, ClassNotFoundException {
    int number = readVarInt(true);
    if (number > 0 && number <= types.size()) {
      return types.get(number - 1);
    }
    if (number != 0) {
      throw new DamagedException("class number " + number);
    }
    Class<?> type = session.classFor(readUTF());
    types.add(type);
    return type;
  }

  @Override
  public <T> T began(int at, T object) {
    kryo.reference(object);
    return object;
  }

  @Override
  public RecordShape shapeOf(Class<?> type) {
    return session.shapeOf(type);
  }
}
