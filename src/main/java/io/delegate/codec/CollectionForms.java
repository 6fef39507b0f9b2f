package io.delegate.codec;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The forms of collections and maps, by their public face alone. */
@SuppressWarnings({"rawtypes", "unchecked"}) // element types are known at run time only
final class CollectionForms {
  private CollectionForms() {}

  static void write(FormOutput out, Kind kind, Object value) throws IOException {
    switch (kind) {
      case ATOMIC_REFERENCE -> out.writeAny(((AtomicReference) value).get());
      case IMMUTABLE_LIST -> {
        out.writeBoolean(takesNulls((List) value));
        writeElements(out, (List) value);
      }
      case TREE_SET -> {
        requireBasic(((SortedSet) value).comparator(), (SortedSet) value);
        writeElements(out, (Collection) value);
      }
      case TREE_MAP -> {
        requireBasic(((SortedMap) value).comparator(), ((SortedMap) value).keySet());
        writeEntries(out, (Map) value);
      }
      case LINKED_HASH_MAP -> {
        out.writeBoolean(AccessOrder.of((LinkedHashMap) value));
        writeEntries(out, (Map) value);
      }
      case HASH_MAP, CONCURRENT_HASH_MAP, IMMUTABLE_MAP -> writeEntries(out, (Map) value);
      default -> writeElements(out, (Collection) value);
    }
  }

  static Object read(FormInput in, Kind kind, int at) throws Exception {
    return switch (kind) {
      case ATOMIC_REFERENCE -> {
        AtomicReference reference = in.began(at, new AtomicReference());
        reference.set(in.readAny());
        yield reference;
      }
      case IMMUTABLE_LIST -> {
        boolean nulls = in.readBoolean();
        Object[] elements = readArray(in);
        yield nulls ? Stream.of(elements).toList() : List.of(elements);
      }
      case IMMUTABLE_SET -> Set.of(readArray(in));
      case IMMUTABLE_MAP -> readImmutableMap(in);
      case ARRAY_LIST -> {
        int size = in.readSize(1);
        yield readElements(in, size, in.began(at, new ArrayList<>(size)));
      }
      case LINKED_LIST -> readElements(in, in.began(at, new LinkedList<>()));
      case ARRAY_DEQUE -> readElements(in, in.began(at, new ArrayDeque<>()));
      case COPY_ON_WRITE_LIST -> {
        CopyOnWriteArrayList list = in.began(at, new CopyOnWriteArrayList<>());
        list.addAll(readElements(in, new ArrayList<>())); // one copy, not one for each element
        yield list;
      }
      case HASH_SET -> {
        int size = in.readSize(1);
        yield readElements(in, size, in.began(at, new HashSet<>(capacity(size))));
      }
      case LINKED_HASH_SET -> readElements(in, in.began(at, new LinkedHashSet<>()));
      case TREE_SET -> readElements(in, in.began(at, new TreeSet<>()));
      case HASH_MAP -> {
        int size = in.readSize(2);
        yield readEntries(in, size, in.began(at, new HashMap<>(capacity(size))));
      }
      case LINKED_HASH_MAP -> {
        boolean byAccess = in.readBoolean();
        int size = in.readSize(2);
        yield readEntries(
            in, size, in.began(at, new LinkedHashMap<>(capacity(size), 0.75f, byAccess)));
      }
      case TREE_MAP -> readEntries(in, in.readSize(2), in.began(at, new TreeMap<>()));
      case CONCURRENT_HASH_MAP ->
          readEntries(in, in.readSize(2), in.began(at, new ConcurrentHashMap<>()));
      default -> throw new DamagedException("no collection " + kind);
    };
  }

  private static void writeElements(FormOutput out, Collection collection) throws IOException {
    Object[] elements = collection.toArray(); // a snapshot, should somebody be changing it
    out.writeSize(elements.length);
    for (Object element : elements) {
      out.writeAny(element);
    }
  }

  private static void writeEntries(FormOutput out, Map map) throws IOException {
    Collection<Map.Entry> entries = map.entrySet();
    if (map instanceof ConcurrentHashMap) {
      entries = new ArrayList<>(entries); // may change while it is written
    }
    int size = entries.size();
    out.writeSize(size);
    for (Map.Entry entry : entries) {
      out.writeAny(entry.getKey());
      out.writeAny(entry.getValue());
      size--;
    }
    if (size != 0) {
      throw new Refusal("a map changed while it was written");
    }
  }

  private static Object[] readArray(FormInput in) throws Exception {
    Object[] elements = new Object[in.readSize(1)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = in.readAny();
    }
    return elements;
  }

  private static Collection readElements(FormInput in, Collection into) throws Exception {
    return readElements(in, in.readSize(1), into);
  }

  private static Collection readElements(FormInput in, int size, Collection into) throws Exception {
    for (int i = 0; i < size; i++) {
      into.add(in.readAny());
    }
    return into;
  }

  private static Map readEntries(FormInput in, int size, Map into) throws Exception {
    for (int i = 0; i < size; i++) {
      Object key = in.readAny();
      into.put(key, in.readAny());
    }
    return into;
  }

  private static Object readImmutableMap(FormInput in) throws Exception {
    Map.Entry[] entries = new Map.Entry[in.readSize(2)];
    for (int i = 0; i < entries.length; i++) {
      Object key = in.readAny();
      Object value = in.readAny();
      if (key == null || value == null) {
        throw new DamagedException("null in an immutable map");
      }
      entries[i] = Map.entry(key, value);
    }
    return Map.ofEntries(entries);
  }

  /** Lists of {@code Stream.toList()} are of the same class as those of {@code List.of()}. */
  private static boolean takesNulls(List list) {
    try {
      boolean unused = list.contains(null);
      return true;
    } catch (NullPointerException refused) {
      return false;
    }
  }

  /**
   * Java serialization builds a sorted collection without comparing. To compare is the same only
   * for keys that are whole at once and in their natural order.
   */
  private static void requireBasic(@Nullable Object comparator, Collection keys) {
    if (comparator != null) {
      throw new Refusal("sorted by a comparator");
    }
    for (Object key : keys) {
      if (!(key instanceof String || key instanceof Number && Fitness.ofJdk(key.getClass()))) {
        throw new Refusal("sorted by keys of the user's own");
      }
    }
  }

  private static int capacity(int size) {
    return (int) Math.min(1 << 30, size * 4L / 3 + 1);
  }
}
