package io.delegate.codec;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Date;
import java.util.EnumSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Writes and reads the content of each {@link Kind} that no library is left alone with. */
final class Forms {
  private Forms() {}

  static void write(FormOutput out, Kind kind, Object value) throws IOException {
    switch (kind) {
      case BYTE -> out.writeByte((Byte) value);
      case SHORT -> out.writeShort((Short) value);
      case CHARACTER -> out.writeChar((Character) value);
      case FLOAT -> out.writeFloat((Float) value);
      case DOUBLE -> out.writeDouble((Double) value);
      case ENUM -> writeEnum(out, (Enum<?>) value);
      case CLASS -> out.writeType((Class<?>) value);
      case RECORD -> {
        Class<?> type = value.getClass();
        RecordShape shape = out.shapeOf(type);
        out.writeType(type);
        shape.write(out, value);
      }
      case PATH -> writePath(out, (Path) value);
      case BIG_INTEGER -> writeBytes(out, ((BigInteger) value).toByteArray());
      case BIG_DECIMAL -> {
        BigDecimal decimal = (BigDecimal) value;
        out.writeInt(decimal.scale());
        writeBytes(out, decimal.unscaledValue().toByteArray());
      }
      case UNIQUE_ID -> {
        out.writeLong(((UUID) value).getMostSignificantBits());
        out.writeLong(((UUID) value).getLeastSignificantBits());
      }
      case URI_TEXT, STRING_BUILDER -> out.writeUTF(value.toString());
      case FILE -> out.writeUTF(((File) value).getPath());
      case DATE -> out.writeLong(((Date) value).getTime());
      case BIT_SET -> writeBytes(out, ((BitSet) value).toByteArray());
      case ATOMIC_BOOLEAN -> out.writeBoolean(((AtomicBoolean) value).get());
      case ATOMIC_INTEGER -> out.writeInt(((AtomicInteger) value).get());
      case ATOMIC_LONG -> out.writeLong(((AtomicLong) value).get());
      case ENUM_SET -> writeEnumSet(out, (EnumSet<?>) value);
      case ARRAY -> writeArray(out, value);
      default -> {
        if (kind.ordinal() < Kind.ENUM_SET.ordinal()) {
          TimeForms.write(out, kind, value);
        } else {
          CollectionForms.write(out, kind, value);
        }
      }
    }
  }

  static Object read(FormInput in, Kind kind, int at) throws Exception {
    return switch (kind) {
      case PLAIN, FOREIGN, BASIC -> throw new DamagedException("no form for " + kind);
      case BYTE -> in.readByte();
      case SHORT -> in.readShort();
      case CHARACTER -> in.readChar();
      case FLOAT -> in.readFloat();
      case DOUBLE -> in.readDouble();
      case ENUM -> readEnum(in, in.readType());
      case CLASS -> in.readType();
      case RECORD -> in.shapeOf(in.readType()).read(in);
      case PATH -> Path.of(in.readUTF());
      case BIG_INTEGER -> new BigInteger(readBytes(in));
      case BIG_DECIMAL -> {
        int scale = in.readInt();
        yield new BigDecimal(new BigInteger(readBytes(in)), scale);
      }
      case UNIQUE_ID -> new UUID(in.readLong(), in.readLong());
      case URI_TEXT -> new URI(in.readUTF());
      case STRING_BUILDER -> new StringBuilder(in.readUTF());
      case FILE -> new File(in.readUTF());
      case DATE -> new Date(in.readLong());
      case BIT_SET -> BitSet.valueOf(readBytes(in));
      case ATOMIC_BOOLEAN -> new AtomicBoolean(in.readBoolean());
      case ATOMIC_INTEGER -> new AtomicInteger(in.readInt());
      case ATOMIC_LONG -> new AtomicLong(in.readLong());
      case ENUM_SET -> readEnumSet(in);
      case ARRAY -> readArray(in, at);
      default ->
          kind.ordinal() < Kind.ENUM_SET.ordinal()
              ? TimeForms.read(in, kind)
              : CollectionForms.read(in, kind, at);
    };
  }

  private static void writeEnum(FormOutput out, Enum<?> constant) throws IOException {
    out.writeType(constant.getDeclaringClass());
    out.writeInt(constant.ordinal());
  }

  private static Object readEnum(FormInput in, Class<?> type) throws IOException {
    Object[] constants = type.isEnum() ? type.getEnumConstants() : null;
    int ordinal = in.readInt();
    if (constants == null || ordinal < 0 || ordinal >= constants.length) {
      throw new DamagedException("no constant " + ordinal + " of " + type);
    }
    return constants[ordinal];
  }

  private static void writePath(FormOutput out, Path path) throws IOException {
    if (!PathForm.takes(path)) {
      throw new Refusal("path of another file system");
    }
    out.writeUTF(path.toString());
  }

  private static void writeBytes(FormOutput out, byte[] bytes) throws IOException {
    out.writeSize(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(FormInput in) throws IOException {
    byte[] bytes = new byte[in.readSize(1)];
    in.readFully(bytes);
    return bytes;
  }

  @SuppressWarnings({"rawtypes", "unchecked"}) // the constants' own class is known at run time only
  private static void writeEnumSet(FormOutput out, EnumSet set) throws IOException {
    EnumSet sample = set.isEmpty() ? EnumSet.complementOf(set) : set;
    if (sample.isEmpty()) {
      throw new Refusal("an enum without constants");
    }
    Object[] constants = set.toArray();
    out.writeType(((Enum) sample.iterator().next()).getDeclaringClass());
    out.writeSize(constants.length);
    for (Object constant : constants) {
      out.writeInt(((Enum) constant).ordinal());
    }
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static Object readEnumSet(FormInput in) throws Exception {
    Class<?> type = in.readType();
    if (!type.isEnum()) {
      throw new DamagedException(type + " is no enum");
    }
    int size = in.readSize(1);
    EnumSet set = EnumSet.noneOf((Class) type);
    for (int i = 0; i < size; i++) {
      set.add(readEnum(in, type));
    }
    return set;
  }

  private static void writeArray(FormOutput out, Object array) throws IOException {
    Class<?> component = array.getClass().getComponentType();
    out.writeType(component);
    int length = Array.getLength(array);
    out.writeSize(length);
    if (component.isPrimitive()) {
      out.writePrimitives(array, length);
    } else {
      for (Object element : (Object[]) array) {
        out.writeAny(element);
      }
    }
  }

  private static Object readArray(FormInput in, int at) throws Exception {
    Class<?> component = in.readType();
    int length = in.readSize(least(component));
    Object array = in.began(at, Array.newInstance(component, length));
    if (component.isPrimitive()) {
      in.readPrimitives(array, length);
    } else {
      Object[] elements = (Object[]) array;
      for (int i = 0; i < length; i++) {
        elements[i] = in.readAny();
      }
    }
    return array;
  }

  /** The bytes an element takes at least; characters and shorts are written as one to three. */
  private static int least(Class<?> component) {
    if (component == int.class || component == float.class) {
      return Integer.BYTES;
    }
    return component == long.class || component == double.class ? Long.BYTES : 1;
  }
}
