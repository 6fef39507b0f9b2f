package io.delegate.codec;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One configuration of FST with its output and input, for one class loader and one call at a time.
 */
final class FstSession {
  private final FstSessions home;
  private final FstSettings settings;
  private final Map<String, Class<?>> byName = new HashMap<>();
  private final Map<Class<?>, Kind> kinds = new HashMap<>();
  private final Map<Class<?>, RecordShape> records = new HashMap<>();
  private @Nullable FstOutput output;
  private @Nullable FstInput input;

  FstSession(FstSessions home) {
    this.home = home;
    this.settings = new FstSettings(this);
  }

  byte[] encode(Object value) throws IOException {
    FstOutput out = output;
    if (out == null) {
      out = new FstOutput(this, settings);
      output = out;
    }
    return out.encode(value);
  }

  @Nullable Object decode(byte[] bytes) throws Exception {
    FstInput in = input;
    if (in == null) {
      in = new FstInput(this, settings);
      input = in;
    }
    return in.decode(bytes);
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

  /** Refuses a class whose fields FST must not copy. */
  void requirePlain(Class<?> type) {
    if (kindOf(type) != Kind.PLAIN) {
      throw new Refusal(type + " is not for FST");
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
