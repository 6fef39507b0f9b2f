package io.delegate.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How to start a child, with all defaults resolved.
 *
 * @param javaHome the JDK or JRE the child runs on
 * @param jvmArgs the user's flags, after ours
 * @param environment added to the inherited environment
 * @param workingDirectory where the child runs, or null for the parent's
 * @param classPath the user's class path; empty to discover that of the running program
 * @param addOpens what the child opens to all, such as {@code java.base/java.lang}
 * @param mainClass the class with the child's {@code main}
 * @param launcher wraps the command
 * @param loader the loader of the library and the user's code in the parent
 */
public record LaunchSpec(
    Path javaHome,
    List<String> jvmArgs,
    Map<String, String> environment,
    @Nullable Path workingDirectory,
    List<Path> classPath,
    List<String> addOpens,
    String mainClass,
    UnaryOperator<List<String>> launcher,
    ClassLoader loader) {

  /**
   * Copies what could change.
   *
   * @param javaHome the JDK or JRE the child runs on
   * @param jvmArgs the user's flags
   * @param environment added to the inherited one
   * @param workingDirectory where the child runs
   * @param classPath the user's class path
   * @param addOpens what the child opens
   * @param mainClass the child's {@code main}
   * @param launcher wraps the command
   * @param loader the loader of the library and the user's code
   */
  public LaunchSpec {
    jvmArgs = List.copyOf(jvmArgs);
    environment = Map.copyOf(environment);
    classPath = List.copyOf(classPath);
    addOpens = List.copyOf(addOpens);
  }
}
