package io.delegate.codec;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/** The fields of a plain class and its superclasses, read and set by reflection. */
final class PlainShape {
  private final Class<?> type;
  private final Field[] fields;
  private final Class<?>[] types;

  private PlainShape(Class<?> type, List<Field> fields) {
    this.type = type;
    this.fields = fields.toArray(new Field[0]);
    this.types = new Class<?>[this.fields.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = this.fields[i].getType();
    }
  }

  static PlainShape of(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    try {
      for (Class<?> level = type; !Fitness.ofJdk(level); level = level.getSuperclass()) {
        for (Field field : level.getDeclaredFields()) {
          if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
            field.setAccessible(true);
            fields.add(field);
          }
        }
      }
    } catch (RuntimeException closed) {
      throw new Refusal(type + " does not let us in");
    }
    return new PlainShape(type, fields);
  }

  Class<?> type() {
    return type;
  }

  void write(FormOutput out, Object value) throws IOException {
    try {
      for (int i = 0; i < fields.length; i++) {
        if (types[i].isPrimitive()) {
          RecordShape.writePrimitive(out, fields[i], value);
        } else {
          out.writeAny(fields[i].get(value));
        }
      }
    } catch (IllegalAccessException closed) {
      throw new Refusal(type + " does not let us in");
    }
  }

  void read(FormInput in, Object value) throws Exception {
    for (int i = 0; i < fields.length; i++) {
      Object read = types[i].isPrimitive() ? RecordShape.readPrimitive(in, types[i]) : in.readAny();
      fields[i].set(value, read);
    }
  }
}
