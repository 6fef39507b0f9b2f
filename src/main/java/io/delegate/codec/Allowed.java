package io.delegate.codec;

import java.io.File;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The classes an untrusted child may name. A name that is not among them is never looked up, so
 * that not even a class loader runs for it.
 *
 * <p>Of the JDK's own there are only those whose reading costs no more than the bytes they came in,
 * however these are forged. Sets, maps and whatever is built from an array that two objects may
 * share come as a {@link BuiltForm}.
 */
final class Allowed {
  /** So deep may the fields of a key be nested: few enough to count, more than a key needs. */
  private static final int KEY_DEPTH = 4;

  /** Each is a class that stays for ever. */
  private static final int MOST_DIMENSIONS = 8;

  /** Values whose hash costs no more than their own bytes. */
  private static final Set<Class<?>> LEAVES =
      Set.of(
          String.class,
          Boolean.class,
          Byte.class,
          Short.class,
          Character.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          BigInteger.class,
          BigDecimal.class,
          UUID.class,
          URI.class,
          File.class,
          Date.class,
          Currency.class,
          Duration.class,
          Instant.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          MonthDay.class,
          OffsetDateTime.class,
          OffsetTime.class,
          Period.class,
          Year.class,
          YearMonth.class,
          ZoneOffset.class,
          ZonedDateTime.class,
          DayOfWeek.class,
          Month.class,
          TimeUnit.class,
          ChronoUnit.class,
          RoundingMode.class);

  /** Beside the leaves; by name where the class is not to be had. */
  private static final Set<String> NAMES =
      Set.of(
          "java.time.Ser",
          "java.util.Arrays$ArrayList",
          "java.util.Collections$EmptyList",
          "java.util.Collections$EmptyMap",
          "java.util.Collections$EmptySet",
          "java.util.Collections$SingletonList",
          "java.util.Collections$SingletonMap",
          "java.util.Collections$SingletonSet",
          "java.util.Collections$UnmodifiableCollection",
          "java.util.Collections$UnmodifiableList",
          "java.util.Collections$UnmodifiableMap",
          "java.util.Collections$UnmodifiableRandomAccessList",
          "java.util.Collections$UnmodifiableSet");

  private static final List<Class<?>> OTHERS =
      List.of(
          Number.class,
          Enum.class,
          ArrayDeque.class,
          ArrayList.class,
          LinkedList.class,
          CopyOnWriteArrayList.class,
          AtomicBoolean.class,
          AtomicInteger.class,
          AtomicLong.class,
          AtomicReference.class,
          AbstractMap.SimpleEntry.class,
          AbstractMap.SimpleImmutableEntry.class,
          StackTraceElement.class,
          PathForm.class,
          BuiltForm.class);

  /** Only as what an array is of. */
  private static final List<Class<?>> ELEMENTS =
      List.of(
          Object.class,
          Serializable.class,
          Comparable.class,
          CharSequence.class,
          Collection.class,
          List.class,
          Set.class,
          Map.class,
          Map.Entry.class,
          HashMap.class,
          Path.class,
          ZoneId.class);

  /** Made from more than their own bytes unless we make them. */
  private static final Set<Class<?>> BUILT = Set.of(BigInteger.class);

  private static final Map<String, Class<?>> JDK = new HashMap<>();
  private static final Map<String, Class<?>> JDK_ELEMENTS = new HashMap<>();

  static {
    for (Class<?> leaf : LEAVES) {
      (BUILT.contains(leaf) ? JDK_ELEMENTS : JDK).put(leaf.getName(), leaf);
    }
    for (Class<?> other : OTHERS) {
      JDK.put(other.getName(), other);
    }
    for (Class<?> element : ELEMENTS) {
      JDK_ELEMENTS.put(element.getName(), element);
    }
    JDK.put("java.util.CollSer", CollSer.class);
    JDK.put("java.util.EnumSet$SerializationProxy", EnumSet.SerializationProxy.class);
    try {
      for (String name : NAMES) {
        JDK.put(name, Class.forName(name, false, null));
      }
    } catch (ClassNotFoundException gone) {
      throw new ExceptionInInitializerError(gone);
    }
  }

  private final Map<String, Class<?>> objects = new HashMap<>(JDK);
  private final Map<String, Class<?>> elements = new HashMap<>(JDK_ELEMENTS);
  private final Set<Class<?>> keys;

  /** The JDK's, and these with their superclasses. */
  Allowed(List<Class<?>> declared) {
    for (Class<?> type : declared) {
      Class<?> base = base(type);
      if (base.isInterface()) {
        elements.put(base.getName(), base);
      }
      for (Class<?> level = base; level != null && level != Object.class; ) {
        if (!level.isInterface() && !level.isPrimitive()) {
          objects.put(level.getName(), level);
        }
        level = level.getSuperclass();
      }
    }
    keys = Set.copyOf(objects.values().stream().filter(type -> isFlat(type, 0)).toList());
  }

  private static Class<?> base(Class<?> type) {
    Class<?> base = type;
    while (base.isArray()) {
      base = base.getComponentType();
    }
    return base;
  }

  /** The class of that name as a stream gives it, or null. */
  @Nullable Class<?> named(String name) {
    int dimensions = 0;
    while (dimensions < name.length() && name.charAt(dimensions) == '[') {
      dimensions++;
    }
    if (dimensions == 0) {
      return objects.get(name);
    }
    boolean primitive = name.length() == dimensions + 1;
    Class<?> base = primitive ? primitive(name.charAt(dimensions)) : element(name, dimensions);
    return base == null || dimensions > MOST_DIMENSIONS ? null : arrayOf(base, dimensions);
  }

  private @Nullable Class<?> element(String name, int dimensions) {
    if (!name.startsWith("L", dimensions) || !name.endsWith(";")) {
      return null;
    }
    String base = name.substring(dimensions + 1, name.length() - 1);
    Class<?> known = objects.get(base);
    return known != null ? known : elements.get(base);
  }

  private static Class<?> arrayOf(Class<?> base, int dimensions) {
    Class<?> type = base;
    for (int i = 0; i < dimensions; i++) {
      type = type.arrayType();
    }
    return type;
  }

  private static @Nullable Class<?> primitive(char code) {
    return switch (code) {
      case 'Z' -> boolean.class;
      case 'B' -> byte.class;
      case 'S' -> short.class;
      case 'C' -> char.class;
      case 'I' -> int.class;
      case 'J' -> long.class;
      case 'F' -> float.class;
      case 'D' -> double.class;
      default -> null;
    };
  }

  /** Whether objects of this class may be there, whichever way they came. */
  boolean admits(Class<?> type) {
    Class<?> base = base(type);
    return base.isPrimitive()
        || Fitness.ofJdk(base) // its name was checked, or an allowed class put it in its place
        || objects.containsValue(base)
        || elements.containsValue(base);
  }

  /** Whether the hash of such an object costs no more than its own bytes. */
  static boolean isLeaf(Object key) {
    return LEAVES.contains(key.getClass())
        || key instanceof Enum
        || key instanceof Path && Fitness.ofJdk(key.getClass());
  }

  /** Whether such objects may be in sets, and keys of maps, though they are made of others. */
  boolean isKey(Class<?> type) {
    return keys.contains(type);
  }

  /**
   * Whether all that can hang on an object of this class is told by its fields' types. Where an
   * object may hold any other, two for each of a hundred levels make a hash that never ends.
   */
  private boolean isFlat(Class<?> type, int depth) {
    if (depth > KEY_DEPTH || Fitness.ofJdk(type) || Modifier.isAbstract(type.getModifiers())) {
      return false;
    }
    for (Class<?> level = type; level != null; level = level.getSuperclass()) {
      if (Fitness.ofJdk(level)) {
        return level == Object.class || level == Record.class || level == Enum.class;
      }
      for (Field field : level.getDeclaredFields()) {
        Class<?> held = field.getType();
        boolean fine =
            Modifier.isStatic(field.getModifiers())
                || held.isPrimitive()
                || held.isEnum()
                || LEAVES.contains(held)
                || Modifier.isFinal(held.getModifiers())
                    && objects.get(held.getName()) == held
                    && isFlat(held, depth + 1);
        if (!fine) {
          return false;
        }
      }
    }
    return true;
  }

  /** How many bytes of a stream one element of such an array takes at least. */
  static int bytesOf(@Nullable Class<?> array) {
    Class<?> element = array == null ? null : array.getComponentType();
    if (element == long.class || element == double.class) {
      return Long.BYTES;
    }
    if (element == int.class || element == float.class) {
      return Integer.BYTES;
    }
    return element == short.class || element == char.class ? Short.BYTES : 1;
  }
}
