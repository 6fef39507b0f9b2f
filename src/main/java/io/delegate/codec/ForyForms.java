package io.delegate.codec;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.fory.Fory;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.resolver.ClassResolver;
import org.apache.fory.resolver.TypeResolver;
import org.apache.fory.serializer.Serializer;
import org.jspecify.annotations.Nullable;

/** Which classes Fory is left alone with, and what stands in for it with all others. */
final class ForyForms {
  private static final int ANYWHERE = 0; // Fory counts objects, and not bytes
  private static final int CAUSES = 20;

  private final Session session;
  private final Map<Object, Object> open = new IdentityHashMap<>();

  ForyForms(Session session) {
    this.session = session;
  }

  /** For a class that Fory does not know yet: null where it is right with it. */
  @Nullable Serializer<?> serializer(TypeResolver resolver, Class<?> type) {
    Kind kind = session.admittedKind(type);
    return switch (kind) {
      case PLAIN, ENUM, ARRAY -> null;
      case FOREIGN -> throw new Refusal(type + " is more than its fields");
      default -> form(resolver, type, kind);
    };
  }

  /** Of the classes Fory knows, replaces those that it has otherwise than Java serialization. */
  void replace(Fory fory) {
    ClassResolver resolver = (ClassResolver) fory.getTypeResolver();
    for (Class<?> type : resolver.getRegisteredClasses()) {
      if (type.isPrimitive() || !Fitness.ofJdk(type)) {
        continue;
      }
      Kind kind = Kind.of(type);
      switch (kind) {
        case FOREIGN,
            BIG_DECIMAL,
            ZONED_DATE_TIME,
            ATOMIC_REFERENCE,
            LINKED_HASH_MAP,
            TREE_SET,
            TREE_MAP,
            IMMUTABLE_LIST,
            IMMUTABLE_SET,
            IMMUTABLE_MAP ->
            fory.registerSerializer(type, form(resolver, type, kind));
        default -> {
          // as good as ours
        }
      }
    }
  }

  private Serializer<?> form(TypeResolver resolver, Class<?> type, Kind kind) {
    if (Collection.class.isAssignableFrom(type)) {
      return new ForyCollection(resolver, type, kind, this);
    }
    return Map.class.isAssignableFrom(type)
        ? new ForyMap(resolver, type, kind, this)
        : new ForyForm(resolver, type, kind, this);
  }

  void write(WriteContext context, Kind kind, Object value) {
    if (kind == Kind.FOREIGN) {
      throw new Refusal(value.getClass() + " is more than its fields");
    }
    boolean late = kind.late();
    if (late && open.put(value, value) != null) {
      throw new Refusal(value.getClass() + " refers to itself");
    }
    try {
      Forms.write(new ForyOutput(context, session), kind, value);
    } catch (Exception e) {
      throw Fence.<RuntimeException>unchecked(e);
    }
    if (late) {
      open.remove(value);
    }
  }

  Object read(ReadContext context, Kind kind) {
    try {
      return Forms.read(new ForyInput(context, session), kind, ANYWHERE);
    } catch (Exception e) {
      throw Fence.<RuntimeException>unchecked(e);
    }
  }

  /** The refusal itself, which Fory wraps in an exception of its own. */
  RuntimeException refused(RuntimeException thrown) {
    Throwable cause = thrown;
    for (int i = 0; cause != null && i < CAUSES; i++, cause = cause.getCause()) {
      if (cause instanceof Refusal refusal) {
        return refusal;
      }
    }
    return thrown;
  }

  /** After a value, whole or not. */
  void done() {
    open.clear();
  }
}
