package io.delegate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the method that {@code --work} names, without running any code of its class. */
final class WorkFinder {
  private static final int NAMED_AT_MOST = 20;

  private final String option;

  private WorkFinder(String option) {
    this.option = option;
  }

  /** The work, or an IllegalArgumentException that says what is wrong and what would do. */
  static MethodWork find(String option, List<Path> classPath) {
    ClassLoader own = WorkFinder.class.getClassLoader();
    try (URLClassLoader loader = new URLClassLoader(ClassPath.urls(classPath), own)) {
      return new WorkFinder(option).find(loader);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // from close, of jars that were only read
    }
  }

  private MethodWork find(ClassLoader loader) {
    String[] parts = option.split("::", -1);
    if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
      throw wrong("write it as CLASS::METHOD, such as io.delegate.cli.Samples::stats");
    }
    try {
      return new MethodWork(method(type(parts[0], loader), parts[1]));
    } catch (LinkageError e) {
      throw wrong(
          "its class cannot be loaded ("
              + e
              + "); give what it needs with --classpath, compiled for"
              + " Java "
              + Runtime.version().feature()
              + " or older");
    }
  }

  /** Takes {@code a.Outer.Inner} too: a $ is awkward in a shell. */
  private Class<?> type(String name, ClassLoader loader) {
    for (String tried = name; ; ) {
      try {
        return Class.forName(tried, false, loader);
      } catch (ClassNotFoundException e) {
        int dot = tried.lastIndexOf('.');
        if (dot < 0) {
          throw wrong(
              "there is no class "
                  + name
                  + "; give its full name, and where it lies with"
                  + " --classpath");
        }
        tried = tried.substring(0, dot) + "$" + tried.substring(dot + 1);
      }
    }
  }

  private Method method(Class<?> type, String name) {
    if (!Modifier.isPublic(type.getModifiers())) {
      throw wrong("class " + type.getName() + " is not public; make it so");
    }
    Method path = null;
    for (Method m : type.getMethods()) {
      if (m.getName().equals(name) && fits(m)) {
        if (m.getParameterTypes()[0] == String.class) {
          return m;
        }
        path = m;
      }
    }
    if (path == null) {
      throw wrong(reason(type, name) + "; " + candidates(type));
    }
    return path;
  }

  private static boolean fits(Method m) {
    return Modifier.isStatic(m.getModifiers())
        && m.getParameterCount() == 1
        && (m.getParameterTypes()[0] == String.class || m.getParameterTypes()[0] == Path.class)
        && m.canAccess(null);
  }

  private static String reason(Class<?> type, String name) {
    List<Method> named =
        Stream.concat(Arrays.stream(type.getMethods()), Arrays.stream(type.getDeclaredMethods()))
            .filter(m -> m.getName().equals(name))
            .toList();
    String method = "method " + name + " of " + type.getName();
    if (named.isEmpty()) {
      return "there is no " + method;
    }
    if (named.stream().noneMatch(m -> Modifier.isPublic(m.getModifiers()))) {
      return method + " is not public";
    }
    if (named.stream().noneMatch(m -> Modifier.isStatic(m.getModifiers()))) {
      return method + " is not static";
    }
    return method + " does not take one String or Path, and is not public static with it";
  }

  private static String candidates(Class<?> type) {
    List<String> names =
        Arrays.stream(type.getMethods())
            .filter(WorkFinder::fits)
            .map(m -> m.getName() + "(" + m.getParameterTypes()[0].getSimpleName() + ")")
            .distinct()
            .sorted()
            .toList();
    if (names.isEmpty()) {
      return "the class has no public static method of one String or Path";
    }
    String listed = names.stream().limit(NAMED_AT_MOST).collect(Collectors.joining(", "));
    String more = names.size() > NAMED_AT_MOST ? ", …" : "";
    return "public static methods of one String or Path there: " + listed + more;
  }

  private IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException(
        "Invalid value for option '--work': '" + option + "': " + why);
  }
}
