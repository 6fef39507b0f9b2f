package io.delegate.codec;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shortest way through fields, elements and captured values to the object that could not
 * be serialized, such as {@code Order.customer.session[2].owner}.
 */
final class FieldPath {
  private static final int NODES = 100_000; // some ten milliseconds, in the worst case
  private static final int DEPTH = 200; // a longer path helps nobody
  private static final int KEY_LENGTH = 40;

  private record Node(Object object, @Nullable Node parent, String step, int depth) {}

  private final String culprit;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Node> open = new ArrayDeque<>();
  private @Nullable Node found;

  private FieldPath(String culprit) {
    this.culprit = culprit;
  }

  /** The path from {@code root} to an object of class {@code culprit}, empty when none is found. */
  static String to(Object root, @Nullable String culprit) {
    if (culprit == null || root.getClass().getName().equals(culprit)) {
      return "";
    }
    try {
      return new FieldPath(culprit).search(root);
    } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError untold) {
      return ""; // the walk runs code of collections; it must not hide what it explains
    }
  }

  private String search(Object root) {
    visit(null, nameOf(root.getClass()), root);
    while (found == null && !open.isEmpty() && seen.size() < NODES) {
      expand(open.remove());
    }
    return found == null ? "" : told(found);
  }

  private static String told(Node last) {
    var path = new StringBuilder();
    for (Node node = last; node != null; node = node.parent()) {
      path.insert(0, node.step());
    }
    return path.toString();
  }

  private static String nameOf(Class<?> type) {
    String name = type.getName();
    int lambda = name.indexOf("$$Lambda");
    String whole = lambda < 0 ? name : name.substring(0, lambda);
    String simple = whole.substring(whole.lastIndexOf('.') + 1).replace('$', '.');
    if (lambda >= 0) {
      return simple + ".lambda";
    }
    return type.isArray() ? type.getComponentType().getSimpleName() + "[]" : simple;
  }

  private void visit(@Nullable Node parent, String step, @Nullable Object object) {
    int depth = parent == null ? 0 : parent.depth() + 1;
    if (object == null || found != null || depth > DEPTH || !seen.add(object)) {
      return;
    }
    var node = new Node(object, parent, step, depth);
    if (object.getClass().getName().equals(culprit)) {
      found = node;
    } else if (!(object instanceof String || object instanceof Number || object instanceof Class)) {
      open.add(node);
    }
  }

  private void expand(Node node) {
    Object object = node.object();
    Class<?> type = object.getClass();
    boolean jdk = Fitness.ofJdk(type);
    if (object instanceof Object[] array) {
      elements(node, array);
    } else if (jdk && object instanceof Map<?, ?> map) {
      entries(node, map);
    } else if (jdk && object instanceof Collection<?> collection) {
      elements(node, collection.toArray());
    } else if (object instanceof AtomicReference<?> reference) {
      visit(node, ".value", reference.get());
    } else {
      if (object instanceof Throwable thrown) {
        visit(node, ".cause", thrown.getCause());
        elements(node, thrown.getSuppressed());
      }
      Object replaced = replaced(object);
      if (replaced instanceof SerializedLambda lambda) {
        for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
          visit(node, ".captured[" + i + "]", lambda.getCapturedArg(i));
        }
      } else {
        fields(node, type);
      }
    }
  }

  private void elements(Node node, Object[] elements) {
    for (int i = 0; i < elements.length && seen.size() < NODES; i++) {
      visit(node, "[" + i + "]", elements[i]);
    }
  }

  private void entries(Node node, Map<?, ?> map) {
    int i = 0;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (seen.size() >= NODES) {
        return;
      }
      visit(node, "[key " + i + "]", entry.getKey());
      visit(node, "[" + keyOf(entry.getKey(), i) + "]", entry.getValue());
      i++;
    }
  }

  private static String keyOf(@Nullable Object key, int index) {
    if (key instanceof String || key instanceof Number || key instanceof Enum<?>) {
      String told = key.toString();
      return told.length() <= KEY_LENGTH ? told : told.substring(0, KEY_LENGTH) + "…";
    }
    return "value " + index;
  }

  private void fields(Node node, Class<?> type) {
    for (Class<?> level = type;
        level != null && serializable(level);
        level = level.getSuperclass()) {
      for (Field field : level.getDeclaredFields()) {
        if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0
            && !field.getType().isPrimitive()) {
          visit(node, "." + field.getName(), value(field, node.object()));
        }
      }
    }
  }

  private static boolean serializable(Class<?> type) {
    return Serializable.class.isAssignableFrom(type);
  }

  private static @Nullable Object value(Field field, Object owner) {
    try {
      return field.trySetAccessible() ? field.get(owner) : null;
    } catch (IllegalAccessException closed) {
      return null;
    }
  }

  /** What a lambda is written as; other objects are walked as they are. */
  private static @Nullable Object replaced(Object object) {
    if (!object.getClass().isHidden()) {
      return null;
    }
    try {
      Method replace = object.getClass().getDeclaredMethod("writeReplace");
      return replace.trySetAccessible() ? replace.invoke(object) : null;
    } catch (ReflectiveOperationException none) {
      return null;
    }
  }
}
