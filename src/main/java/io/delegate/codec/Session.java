package io.delegate.codec;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A library made ready for one class loader, for one call at a time. */
abstract class Session {
  private final Sessions.Home home;
  private final Map<String, Class<?>> byName = new HashMap<>();
  private final Map<Class<?>, Kind> kinds = new HashMap<>();
  private final Map<Class<?>, RecordShape> records = new HashMap<>();

  Session(Sessions.Home home) {
    this.home = home;
  }

  /** The value behind the first byte, which is the format's. */
  abstract byte[] encode(Object value) throws IOException;

  /** The value behind the first byte of an array that is nobody else's. */
  abstract @Nullable Object decode(byte[] bytes) throws Exception;

  ClassLoader loader() {
    return home.loader();
  }

  /** How objects of this class are written; refuses a class of another loader, and forgets it. */
  Kind admittedKind(Class<?> type) {
    if (!kinds.containsKey(type)) {
      admit(type);
    }
    return kindOf(type);
  }

  private Kind kindOf(Class<?> type) {
    Kind kind = kinds.get(type);
    if (kind == null) {
      kind = Kind.of(type);
      kinds.put(type, kind);
    }
    return kind;
  }

  RecordShape shapeOf(Class<?> type) {
    RecordShape shape = records.get(type);
    if (shape == null) {
      shape = RecordShape.of(type);
      records.put(type, shape);
    }
    return shape;
  }

  /** Refuses a class whose fields must not be copied. */
  void requirePlain(Class<?> type) {
    if (kindOf(type) != Kind.PLAIN) {
      throw new Refusal(type + " is more than its fields");
    }
  }

  /** The class of that name, as this session's loader finds it. */
  Class<?> classFor(String name) throws ClassNotFoundException {
    Class<?> type = byName.get(name);
    if (type == null) {
      type = JdkInput.classFor(name, home.loader());
      byName.put(name, type);
      home.anchor(type);
    }
    return type;
  }

  /** Refuses a class that this session's loader would not find again. */
  void admit(Class<?> type) {
    try {
      if (!type.isHidden() && classFor(type.getName()) == type) {
        return;
      }
    } catch (ClassNotFoundException | LinkageError hidden) {
      // refused below
    }
    throw new Refusal(type);
  }
}
