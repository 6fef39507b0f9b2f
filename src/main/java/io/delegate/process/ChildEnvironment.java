package io.delegate.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a child: the parent's, without what would change any JVM started in it (a
 * debugger's port, say, that the parent already holds) and, where the user has named some, without
 * all others, with the user's own and the cookie.
 */
final class ChildEnvironment {
  private static final Set<String> REMOVED =
      Set.of(
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "_JAVA_OPTIONS",
          "JDK_AOT_VM_OPTIONS",
          "OPENJ9_JAVA_OPTIONS",
          "IBM_JAVA_OPTIONS",
          "CLASSPATH");

  /** Spring Boot's PropertiesLauncher reads these. */
  private static final String REMOVED_PREFIX = "LOADER_";

  /** Without these, programs do not find the system's own libraries there. */
  private static final Set<String> NEEDED_ON_WINDOWS = Set.of("SYSTEMROOT", "SYSTEMDRIVE");

  private static final List<String> TEMPORARY =
      Platform.WINDOWS ? List.of("TMP", "TEMP") : List.of("TMPDIR");

  private ChildEnvironment() {}

  /** {@code variables}: the parent's, which become the child's. */
  static void fill(
      Map<String, String> variables, LaunchSpec spec, @Nullable Path scratch, String mark) {
    String outer = variables.get(Cookie.VARIABLE); // the outer tree holds this one, asked or not
    Set<String> names = spec.inherited();
    variables
        .keySet()
        .removeIf(name -> isForJvms(name) || (names != null && !isNamed(name, names)));
    if (scratch != null) {
      TEMPORARY.forEach(name -> variables.put(name, scratch.toString()));
    }
    variables.putAll(spec.environment());
    variables.put(Cookie.VARIABLE, Cookie.value(outer, mark));
  }

  static boolean isForJvms(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return REMOVED.contains(upper) || upper.startsWith(REMOVED_PREFIX);
  }

  private static boolean isNamed(String name, Set<String> names) {
    return Platform.WINDOWS
        ? NEEDED_ON_WINDOWS.contains(name.toUpperCase(Locale.ROOT))
            || names.stream().anyMatch(name::equalsIgnoreCase)
        : names.contains(name);
  }
}
