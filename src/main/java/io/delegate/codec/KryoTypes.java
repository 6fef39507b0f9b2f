package io.delegate.codec;

import com.esotericsoftware.kryo.ClassResolver;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.DefaultSerializers;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stands before each object: one byte with its {@link Kind}, and for a plain class its name or
 * number. So whatever the bytes, no class is read by other means than its own.
 */
@SuppressWarnings("rawtypes") // as Kryo has it
final class KryoTypes implements ClassResolver {
  private static final int NOTHING = 0;
  private static final Kind[] KINDS = Kind.values();

  private final KryoSession session;

  /** By the byte that stands for them: one of each kind, and then what Kryo knows without help. */
  private final Registration[] byCode;

  private final Map<Class<?>, Registration> basics = new HashMap<>();
  private final Map<Class<?>, Registration> plain = new HashMap<>();

  KryoTypes(KryoSession session) {
    this.session = session;
    List<Registration> basic =
        List.of(
            registration(String.class, new DefaultSerializers.StringSerializer(), 0),
            registration(Integer.class, new DefaultSerializers.IntSerializer(), 1),
            registration(Long.class, new DefaultSerializers.LongSerializer(), 2),
            registration(Boolean.class, new DefaultSerializers.BooleanSerializer(), 3));
    byCode = new Registration[KINDS.length + basic.size()];
    for (Kind kind : KINDS) {
      // of the class Kryo sees no more than whether it is worth a reference
      Class<?> like = kind.shared() ? Object.class : Integer.class;
      byCode[kind.ordinal()] = new Registration(like, new KryoForm(kind), kind.ordinal());
    }
    for (Registration each : basic) {
      byCode[each.getId()] = each;
      basics.put(each.getType(), each);
    }
  }

  private static Registration registration(Class<?> type, Serializer serializer, int number) {
    serializer.setImmutable(true);
    return new Registration(type, serializer, KINDS.length + number);
  }

  @Override
  public @Nullable Registration writeClass(Output output, @Nullable Class type) {
    if (type == null) {
      output.writeByte(NOTHING);
      return null;
    }
    Kind kind = session.admittedKind(type);
    switch (kind) {
      case FOREIGN -> throw new Refusal(type + " is more than its fields");
      case BASIC -> {
        Registration basic = Objects.requireNonNull(basics.get(type));
        output.writeByte(1 + basic.getId());
        return basic;
      }
      case PLAIN -> {
        Registration known = plainOf(type);
        output.writeByte(1 + kind.ordinal());
        ((KryoOutput) output).writeType(type);
        return known;
      }
      default -> {
        output.writeByte(1 + kind.ordinal());
        return byCode[kind.ordinal()];
      }
    }
  }

  @Override
  public @Nullable Registration readClass(Input input) {
    int code = input.readByte() - 1;
    if (code == NOTHING - 1) {
      return null;
    }
    try {
      if (code < 0 || code >= byCode.length) {
        throw new DamagedException("unknown kind " + code);
      }
      if (code == Kind.FOREIGN.ordinal() || code == Kind.BASIC.ordinal()) {
        throw new DamagedException("no form for kind " + code);
      }
      return code == Kind.PLAIN.ordinal() ? plainOf(((KryoInput) input).readType()) : byCode[code];
    } catch (IOException | ClassNotFoundException damaged) {
      throw Fence.<RuntimeException>unchecked(damaged);
    }
  }

  private Registration plainOf(Class<?> type) {
    Registration known = plain.get(type);
    if (known == null) {
      known =
          new Registration(type, new KryoFields(session.plainShapeOf(type)), Kind.PLAIN.ordinal());
      plain.put(type, known);
    }
    return known;
  }

  @Override
  public void setKryo(Kryo kryo) {}

  @Override
  public Registration register(Registration registration) {
    return registration; // Kryo's own for primitives, which are never asked for
  }

  @Override
  public @Nullable Registration unregister(int id) {
    return null;
  }

  @Override
  public Registration registerImplicit(Class type) {
    throw new Refusal(type + " is not known by its kind");
  }

  @Override
  public @Nullable Registration getRegistration(Class type) {
    return null;
  }

  @Override
  public @Nullable Registration getRegistration(int id) {
    return null;
  }

  @Override
  public void reset() {}
}
