package io.delegate.codec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a {@link Kind} is written to, whichever library has the bytes. */
interface FormOutput {
  void writeBoolean(boolean value) throws IOException;

  void writeByte(int value) throws IOException;

  void writeShort(int value) throws IOException;

  void writeChar(int value) throws IOException;

  void writeInt(int value) throws IOException;

  void writeLong(long value) throws IOException;

  void writeFloat(float value) throws IOException;

  void writeDouble(double value) throws IOException;

  void writeUTF(String text) throws IOException;

  void write(byte[] bytes) throws IOException;

  /** The elements of an array of primitives. */
  void writePrimitives(Object array, int length) throws IOException;

  /** Anything, wherever it stands. */
  void writeAny(@Nullable Object value) throws IOException;

  /** How many things follow. */
  void writeSize(int size) throws IOException;

  /** A class. */
  void writeType(Class<?> type) throws IOException;

  RecordShape shapeOf(Class<?> type);
}
