package io.delegate.process;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The environment of a child: the parent's, without what would change any JVM started in it (a
 * debugger's port, say, that the parent already holds), with the user's own and the cookie.
 */
final class ChildEnvironment {
  private static final Set<String> REMOVED =
      Set.of(
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "_JAVA_OPTIONS",
          "JDK_AOT_VM_OPTIONS",
          "CLASSPATH");

  /** Spring Boot's PropertiesLauncher reads these. */
  private static final String REMOVED_PREFIX = "LOADER_";

  private ChildEnvironment() {}

  static void fill(Map<String, String> inherited, Map<String, String> added, String mark) {
    String outer = inherited.get(Cookie.VARIABLE);
    inherited
        .keySet()
        .removeIf(
            name -> {
              String upper = name.toUpperCase(Locale.ROOT);
              return REMOVED.contains(upper) || upper.startsWith(REMOVED_PREFIX);
            });
    inherited.putAll(added);
    inherited.put(Cookie.VARIABLE, Cookie.value(outer, mark));
  }
}
