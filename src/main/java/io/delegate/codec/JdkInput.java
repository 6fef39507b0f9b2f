package io.delegate.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Map;

/** Reads with the classes of one loader, and believes no length that the input cannot hold. */
final class JdkInput extends ObjectInputStream {
  private static final Map<String, Class<?>> PRIMITIVES =
      Map.of(
          "boolean", boolean.class,
          "byte", byte.class,
          "char", char.class,
          "short", short.class,
          "int", int.class,
          "long", long.class,
          "float", float.class,
          "double", double.class,
          "void", void.class);

  // an empty table of a map claims 16 slots for a byte or two; nothing real claims more per byte
  private static final int SLOTS_PER_BYTE = 16;
  private static final int SLOTS_AT_LEAST = 1024;

  private final ClassLoader loader;
  private long slots;

  JdkInput(InputStream in, int length, ClassLoader loader) throws IOException {
    super(in);
    this.loader = loader;
    slots = SLOTS_AT_LEAST + (long) SLOTS_PER_BYTE * length;
    setObjectInputFilter(this::check);
  }

  /** All together: a hundred arrays may be open at once, one in the other. */
  private ObjectInputFilter.Status check(ObjectInputFilter.FilterInfo info) {
    slots -= Math.max(0, info.arrayLength());
    return slots < 0 ? ObjectInputFilter.Status.REJECTED : ObjectInputFilter.Status.UNDECIDED;
  }

  static Class<?> classFor(String name, ClassLoader loader) throws ClassNotFoundException {
    Class<?> primitive = PRIMITIVES.get(name);
    return primitive != null ? primitive : Class.forName(name, false, loader);
  }

  @Override
  protected Class<?> resolveClass(ObjectStreamClass description) throws ClassNotFoundException {
    return classFor(description.getName(), loader);
  }

  @Override
  @SuppressWarnings("deprecation") // the replacement makes instances; a stream needs the class
  protected Class<?> resolveProxyClass(String[] names) throws ClassNotFoundException {
    Class<?>[] interfaces = new Class<?>[names.length];
    ClassLoader definer = loader;
    for (int i = 0; i < names.length; i++) {
      interfaces[i] = Class.forName(names[i], false, loader);
      if (!Modifier.isPublic(interfaces[i].getModifiers())) {
        definer = interfaces[i].getClassLoader();
      }
    }
    try {
      return Proxy.getProxyClass(definer, interfaces);
    } catch (IllegalArgumentException refused) {
      throw new ClassNotFoundException("proxy of " + String.join(", ", names), refused);
    }
  }
}
