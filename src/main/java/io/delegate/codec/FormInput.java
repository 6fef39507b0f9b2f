package io.delegate.codec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a {@link Kind} is read from, whichever library has the bytes. */
interface FormInput {
  boolean readBoolean() throws IOException;

  byte readByte() throws IOException;

  short readShort() throws IOException;

  char readChar() throws IOException;

  int readInt() throws IOException;

  long readLong() throws IOException;

  float readFloat() throws IOException;

  double readDouble() throws IOException;

  String readUTF() throws IOException;

  void readFully(byte[] bytes) throws IOException;

  /** The elements of an array of primitives. */
  void readPrimitives(Object array, int length) throws Exception;

  @Nullable Object readAny() throws Exception;

  /** How many things follow, each of {@code atLeast} bytes. */
  int readSize(int atLeast) throws IOException;

  Class<?> readType() throws IOException, ClassNotFoundException;

  /** Makes an object known that what follows may refer to. */
  <T> T began(int at, T object);

  RecordShape shapeOf(Class<?> type);
}
