package io.delegate.codec;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** The components of a record class: read from the fields, given to the canonical constructor. */
final class RecordShape {
  private final Constructor<?> constructor;
  private final Class<?>[] types;
  private final Field[] fields;

  private RecordShape(Class<?> type) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    types = new Class<?>[components.length];
    fields = new Field[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      fields[i] = type.getDeclaredField(components[i].getName());
      fields[i].setAccessible(true);
    }
    constructor = type.getDeclaredConstructor(types);
    constructor.setAccessible(true);
  }

  static RecordShape of(Class<?> type) {
    if (Kind.of(type) != Kind.RECORD) {
      throw new Refusal(type + " is no plain record");
    }
    try {
      return new RecordShape(type);
    } catch (ReflectiveOperationException | RuntimeException closed) {
      throw new Refusal(type + " does not let us in");
    }
  }

  void write(FormOutput out, Object record) throws IOException {
    try {
      for (int i = 0; i < fields.length; i++) {
        if (types[i].isPrimitive()) {
          writePrimitive(out, fields[i], record);
        } else {
          out.writeAny(fields[i].get(record));
        }
      }
    } catch (IllegalAccessException closed) {
      throw new Refusal(record.getClass() + " does not let us in");
    }
  }

  static void writePrimitive(FormOutput out, Field field, Object owner)
      throws IOException, IllegalAccessException {
    Class<?> type = field.getType();
    if (type == int.class) {
      out.writeInt(field.getInt(owner));
    } else if (type == long.class) {
      out.writeLong(field.getLong(owner));
    } else if (type == boolean.class) {
      out.writeBoolean(field.getBoolean(owner));
    } else if (type == double.class) {
      out.writeDouble(field.getDouble(owner));
    } else if (type == float.class) {
      out.writeFloat(field.getFloat(owner));
    } else if (type == char.class) {
      out.writeChar(field.getChar(owner));
    } else if (type == short.class) {
      out.writeShort(field.getShort(owner));
    } else {
      out.writeByte(field.getByte(owner));
    }
  }

  Object read(FormInput in) throws Exception {
    Object[] values = new Object[types.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = types[i].isPrimitive() ? readPrimitive(in, types[i]) : in.readAny();
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException refused) {
      var told =
          new InvalidObjectException(
              constructor.getDeclaringClass().getName() + " refused: " + refused.getCause());
      told.initCause(refused.getCause());
      throw told;
    }
  }

  static @Nullable Object readPrimitive(FormInput in, Class<?> type) throws IOException {
    if (type == int.class) {
      return in.readInt();
    }
    if (type == long.class) {
      return in.readLong();
    }
    if (type == boolean.class) {
      return in.readBoolean();
    }
    if (type == double.class) {
      return in.readDouble();
    }
    if (type == float.class) {
      return in.readFloat();
    }
    if (type == char.class) {
      return in.readChar();
    }
    if (type == short.class) {
      return in.readShort();
    }
    return in.readByte();
  }
}
