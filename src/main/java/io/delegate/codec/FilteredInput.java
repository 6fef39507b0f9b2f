package io.delegate.codec;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Reads what may have been forged: allowed classes only, and none of them at a greater cost in
 * memory and time than its bytes can account for.
 */
final class FilteredInput extends ObjectInputStream {
  /** A thread's stack holds some ten times as many. */
  static final int MOST_DEPTH = 200;

  /** Some 100 MB of the smallest objects there are. */
  static final int MOST_OBJECTS = 1_000_000;

  /** How often the characters of a stream may come up again in what is made of shared texts. */
  private static final int COPIES = 16;

  /** Keys made of others, times the largest thing that could be in one of them. */
  private static final long MOST_KEY_BYTES = 1L << 32;

  /** More keys of one hash than that are no accident, and a table of them is a list. */
  private static final int MOST_OF_ONE_HASH = 64;

  private static final Set<Class<?>> LISTS =
      Set.of(ArrayList.class, LinkedList.class, ArrayDeque.class, CopyOnWriteArrayList.class);

  private final Allowed allowed;
  private final int length;
  private long claimed;
  private long built;
  private long copied;
  private long keys;
  private long largest = 1;
  private @Nullable String why;

  FilteredInput(byte[] bytes, int offset, int length, Allowed allowed) throws IOException {
    super(new ByteArrayInputStream(bytes, offset, length));
    this.allowed = allowed;
    this.length = length;
    enableResolveObject(true);
    setObjectInputFilter(this::check);
  }

  /** Which limit was passed, if any was. */
  @Nullable String why() {
    return why;
  }

  private ObjectInputFilter.Status check(ObjectInputFilter.FilterInfo info) {
    Class<?> type = info.serialClass();
    if (info.depth() > MOST_DEPTH) {
      why = "nested deeper than " + MOST_DEPTH + " levels";
    } else if (info.references() > MOST_OBJECTS) {
      why = "more than " + MOST_OBJECTS + " objects";
    } else if (info.arrayLength() >= 0 && !claim(info.arrayLength(), type)) {
      why = "an array of " + info.arrayLength() + " elements in " + length + " bytes";
    } else if (type != null && !allowed.admits(type)) {
      why = type.getName() + " is not allowed";
    }
    return why == null ? ObjectInputFilter.Status.ALLOWED : ObjectInputFilter.Status.REJECTED;
  }

  /** Whether all arrays together can be in the stream: each of their elements takes some of it. */
  private boolean claim(long elements, @Nullable Class<?> array) {
    claimed += elements * Allowed.bytesOf(array);
    return claimed <= length;
  }

  @Override
  protected Class<?> resolveClass(ObjectStreamClass description) throws InvalidClassException {
    Class<?> type = allowed.named(description.getName());
    if (type == null) {
      throw refused(description.getName());
    }
    return type;
  }

  @Override
  protected Class<?> resolveProxyClass(String[] interfaces) throws InvalidClassException {
    throw refused("a proxy of " + String.join(", ", interfaces));
  }

  private static InvalidClassException refused(String name) {
    return new InvalidClassException(
        name, "not among the classes that an untrusted child may send (option resultTypes)");
  }

  @Override
  protected @Nullable Object resolveObject(@Nullable Object object) throws IOException {
    if (object instanceof BuiltForm form) {
      return build(form);
    }
    if (object instanceof CollSer standIn) {
      return build(standIn.form());
    }
    if (object instanceof EnumSet.SerializationProxy standIn) {
      return build(standIn.form());
    }
    if (object instanceof String text) {
      largest = Math.max(largest, text.length());
    } else if (object instanceof URI uri) {
      copy(uri.toString());
    } else if (object instanceof File file) {
      copy(file.getPath());
    } else if (object instanceof Path path) {
      copy(path.toString());
    } else if (object instanceof Object[] array) {
      requireWhole(array);
    } else if (object != null && LISTS.contains(object.getClass())) {
      requireWhole(((Collection<?>) object).toArray());
    }
    return object;
  }

  private Object build(BuiltForm form) throws IOException {
    built += form.size();
    if (built > length) { // no honest two share their content
      throw new DamagedException("made of the same content again and again");
    }
    if (form.content() instanceof Object[] elements) {
      requireWhole(elements);
    }
    Object value = form.build(this::checkKeys);
    if (value instanceof BigInteger) {
      largest = Math.max(largest, form.size());
    }
    return value;
  }

  /** Some objects may be made of one text, but not any number. */
  private void copy(String text) throws IOException {
    copied += text.length();
    if (copied > (long) COPIES * length) {
      throw new DamagedException("made of the same text again and again");
    }
  }

  /** A set or map that holds itself is met in its own content before it is built. */
  private static void requireWhole(Object[] elements) throws IOException {
    for (Object element : elements) {
      if (element instanceof BuiltForm || element instanceof CollSer) {
        throw new DamagedException("a set, map or immutable list within itself");
      }
    }
  }

  private void checkKeys(Object[] content, int step) throws IOException {
    Map<Integer, Integer> hashes = new HashMap<>();
    for (int i = 0; i < content.length; i += step) {
      Object key = content[i];
      if (key == null || Allowed.isLeaf(key)) {
        continue;
      }
      if (!allowed.isKey(key.getClass())) {
        throw new InvalidClassException(
            key.getClass().getName(),
            "in a set, or a key of a map, that comes from an untrusted child: only values of the"
                + " JDK, enums, and allowed classes made of nothing else can be");
      }
      if (++keys * largest > MOST_KEY_BYTES) {
        throw new DamagedException(keys + " keys beside a value of " + largest + " bytes");
      }
      if (hashes.merge(key.hashCode(), 1, Integer::sum) > MOST_OF_ONE_HASH) {
        throw new DamagedException("too many keys of one hash");
      }
    }
  }
}
