package io.delegate.codec;

import java.io.IOException;
import java.io.InvalidClassException;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a filtered stream for a value that the reader builds itself, after a look at what
 * it is to be built of: the JDK would ask any object for its hash, as often as the stream says.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // element types are known at run time only
final class BuiltForm implements Serializable { // as a record it would read null for itself
  private static final long serialVersionUID = 1L;

  /**
   * A larger immutable set or map comes as an unmodifiable view of a hash table: the JDK's own
   * tables have no answer to keys that all want the same place.
   */
  private static final int IMMUTABLE = 1_000;

  /** The ordinal of its {@link Kind}. */
  private final byte kind;

  /** An array of elements, of keys each with its value, or of primitives. */
  @SuppressWarnings("serial") // it is, and its elements are the user's
  private final @Nullable Object content;

  BuiltForm(Kind kind, @Nullable Object content) {
    this.kind = (byte) kind.ordinal();
    this.content = content;
  }

  /** Takes a look at keys before anybody asks for their hash. */
  interface Keys {
    void check(Object[] content, int step) throws IOException;
  }

  /** What stands for that object, or the object itself; see also {@link CollSer}. */
  static @Nullable Object of(@Nullable Object object) throws IOException {
    if (object == null) {
      return null;
    }
    Kind kind = Kind.of(object.getClass());
    return switch (kind) {
      case BIG_INTEGER -> form(kind, ((BigInteger) object).toByteArray());
      case BIT_SET -> form(kind, ((BitSet) object).toLongArray());
      case HASH_SET, LINKED_HASH_SET -> form(kind, ((Collection) object).toArray());
      case TREE_SET -> {
        requireNatural(((SortedSet) object).comparator());
        yield form(kind, ((Collection) object).toArray());
      }
      case TREE_MAP -> {
        requireNatural(((SortedMap) object).comparator());
        yield form(kind, entries((Map) object));
      }
      case HASH_MAP, LINKED_HASH_MAP, CONCURRENT_HASH_MAP -> form(kind, entries((Map) object));
      default -> object;
    };
  }

  private static BuiltForm form(Kind kind, Object content) {
    return new BuiltForm(kind, content);
  }

  private static void requireNatural(@Nullable Object comparator) throws IOException {
    if (comparator != null) {
      throw new InvalidClassException(
          comparator.getClass().getName(),
          "a set or map sorted by a comparator is not taken from an untrusted child");
    }
  }

  private static Object[] entries(Map map) {
    List<Object> content = new ArrayList<>(2 * map.size()); // a concurrent one may change
    for (Map.Entry entry : (Set<Map.Entry>) map.entrySet()) {
      content.add(entry.getKey());
      content.add(entry.getValue());
    }
    return content.toArray();
  }

  @Nullable Object content() {
    return content;
  }

  /** How many elements it will be built of. */
  int size() {
    return content instanceof byte[] bytes
        ? bytes.length
        : content instanceof long[] words
            ? words.length
            : content instanceof Object[] array ? array.length : 0;
  }

  /** The value. */
  Object build(Keys keys) throws IOException {
    return switch (Kind.of(kind)) {
      case BIG_INTEGER -> new BigInteger(content(byte[].class));
      case BIT_SET -> BitSet.valueOf(content(long[].class));
      case ENUM_SET -> enumSet(content(Object[].class));
      case IMMUTABLE_LIST -> list(content(Object[].class));
      case IMMUTABLE_SET ->
          size() <= IMMUTABLE
              ? Set.of(checked(keys, 1))
              : Collections.unmodifiableSet((Set) fill(new HashSet<>(), keys));
      case IMMUTABLE_MAP -> {
        Map map = fill(new HashMap<>(), keys);
        yield size() <= 2 * IMMUTABLE ? Map.copyOf(map) : Collections.unmodifiableMap(map);
      }
      case HASH_SET -> fill(new HashSet<>(), keys);
      case LINKED_HASH_SET -> fill(new LinkedHashSet<>(), keys);
      case TREE_SET -> fill(new TreeSet<>(), keys);
      case HASH_MAP -> fill(new HashMap<>(), keys);
      case LINKED_HASH_MAP -> fill(new LinkedHashMap<>(), keys);
      case TREE_MAP -> fill(new TreeMap<>(), keys);
      case CONCURRENT_HASH_MAP -> fill(new ConcurrentHashMap<>(), keys);
      default -> throw new DamagedException("no form of kind " + kind);
    };
  }

  private <T> T content(Class<T> type) throws DamagedException {
    if (!type.isInstance(content)) {
      throw new DamagedException("a form without its content");
    }
    return type.cast(content);
  }

  private static List list(Object[] content) {
    for (Object element : content) {
      if (element == null) {
        return Stream.of(content).toList(); // the other kind of immutable list
      }
    }
    return List.of(content);
  }

  private static Set enumSet(Object[] content) throws DamagedException {
    if (content.length == 0 || !(content[0] instanceof Class type) || !type.isEnum()) {
      throw new DamagedException("a set of no enum");
    }
    Set set = java.util.EnumSet.noneOf(type);
    for (int i = 1; i < content.length; i++) {
      set.add(content[i]);
    }
    return set;
  }

  private Object[] checked(Keys keys, int step) throws IOException {
    Object[] elements = content(Object[].class);
    if (elements.length % step != 0) {
      throw new DamagedException("a key without its value");
    }
    keys.check(elements, step);
    return elements;
  }

  private Collection fill(Collection into, Keys keys) throws IOException {
    for (Object element : checked(keys, 1)) {
      if (!into.add(element)) {
        throw repeated(); // each time it would be compared with the first
      }
    }
    return into;
  }

  private Map fill(Map into, Keys keys) throws IOException {
    Object[] elements = checked(keys, 2);
    for (int i = 0; i < elements.length; i += 2) {
      into.put(elements[i], elements[i + 1]);
      if (into.size() != i / 2 + 1) {
        throw repeated();
      }
    }
    return into;
  }

  private static DamagedException repeated() {
    return new DamagedException("the same key twice");
  }
}
