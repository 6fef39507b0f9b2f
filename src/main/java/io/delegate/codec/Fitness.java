package io.delegate.codec;

import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/**
 * Tells the classes whose fields a library may copy: those for which plain copying is all that Java
 * serialization would do. All others are left to Java serialization, since libraries only imitate
 * {@code writeObject}, {@code readResolve} and their kin, and get some of them silently wrong.
 */
final class Fitness {
  private Fitness() {}

  /** Whether the class comes with the JDK, whose private fields are nobody else's business. */
  static boolean ofJdk(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }

  /** Whether the fields of this class and its superclasses are all there is to it. */
  static boolean plain(Class<?> type) {
    if (!Serializable.class.isAssignableFrom(type)
        || Externalizable.class.isAssignableFrom(type)
        || type.isInterface()
        || type.isEnum()
        || type.isRecord()
        || type.isHidden()
        || Modifier.isAbstract(type.getModifiers())) {
      return false;
    }
    try {
      for (Class<?> level = type; level != Object.class; level = level.getSuperclass()) {
        if (level != Number.class && !plainLevel(level)) {
          return false;
        }
      }
      return true;
    } catch (LinkageError missing) {
      return false; // a method or field names a class that is not there
    }
  }

  /** Whether a record is read and built as Java serialization would: nothing put in its place. */
  static boolean plainRecord(Class<?> type) {
    try {
      return type.isRecord()
          && Serializable.class.isAssignableFrom(type)
          && !Externalizable.class.isAssignableFrom(type)
          && !type.isHidden()
          && !replaces(type);
    } catch (LinkageError missing) {
      return false;
    }
  }

  private static boolean plainLevel(Class<?> level) {
    return !ofJdk(level)
        && Serializable.class.isAssignableFrom(level) // else its constructor would have to run
        && !replaces(level)
        && !declares(level, "writeObject", ObjectOutputStream.class)
        && !declares(level, "readObject", ObjectInputStream.class)
        && !declares(level, "readObjectNoData")
        && !annotated(level)
        && plainFields(level);
  }

  private static boolean replaces(Class<?> level) {
    return declares(level, "writeReplace") || declares(level, "readResolve");
  }

  private static boolean plainFields(Class<?> level) {
    for (Field field : level.getDeclaredFields()) {
      if (field.getName().equals("serialPersistentFields") || annotated(field)) {
        return false;
      }
    }
    return true;
  }

  /** FST has annotations of its own that leave fields out. */
  private static boolean annotated(AnnotatedElement element) {
    for (Annotation annotation : element.getDeclaredAnnotations()) {
      if (annotation.annotationType().getName().startsWith("org.nustaq.")) {
        return true;
      }
    }
    return false;
  }

  private static boolean declares(Class<?> level, String name, Class<?>... parameters) {
    try {
      var unused = level.getDeclaredMethod(name, parameters);
      return true;
    } catch (NoSuchMethodException none) {
      return false;
    }
  }
}
