package io.delegate.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How to start a child, with all defaults resolved.
 *
 * @param javaHome the JDK or JRE the child runs on
 * @param jvmArgs the user's flags, after ours
 * @param environment added to the inherited environment
 * @param inherited names of the variables that are inherited, or null for all
 * @param workingDirectory where the child runs, or null for the parent's
 * @param scratch whether the child runs in a directory of its own, which goes with it
 * @param crashReports where the JVM's reports on crashes are kept, or null for nowhere
 * @param children how many children share the machine's processors and memory
 * @param classPath the user's class path; empty to discover that of the running program
 * @param archives where archives of classes are kept, or null if none are to be used
 * @param trusted whether its JVM may be laid out the same way each time
 * @param addOpens what the child opens to all, such as {@code java.base/java.lang}
 * @param mainClass the class with the child's {@code main}
 * @param launcher wraps the command
 * @param loader the loader of the library and the user's code in the parent
 */
public record LaunchSpec(
    Path javaHome,
    List<String> jvmArgs,
    Map<String, String> environment,
    @Nullable Set<String> inherited,
    @Nullable Path workingDirectory,
    boolean scratch,
    @Nullable Path crashReports,
    int children,
    List<Path> classPath,
    @Nullable Path archives,
    boolean trusted,
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
   * @param inherited what is inherited
   * @param workingDirectory where the child runs
   * @param scratch whether it has a directory of its own
   * @param crashReports where reports are kept
   * @param children how many share the machine
   * @param classPath the user's class path
   * @param archives where archives are kept
   * @param trusted whether it is trusted
   * @param addOpens what the child opens
   * @param mainClass the child's {@code main}
   * @param launcher wraps the command
   * @param loader the loader of the library and the user's code
   */
  public LaunchSpec {
    jvmArgs = List.copyOf(jvmArgs);
    environment = Map.copyOf(environment);
    inherited = inherited == null ? null : Set.copyOf(inherited);
    classPath = List.copyOf(classPath);
    addOpens = List.copyOf(addOpens);
  }

  /**
   * The same, with another heap.
   *
   * @param size as for {@code -Xmx}
   * @return the specification
   */
  public LaunchSpec withHeap(String size) {
    List<String> args = new ArrayList<>(jvmArgs);
    args.add("-Xmx" + size);
    return new LaunchSpec(
        javaHome,
        args,
        environment,
        inherited,
        workingDirectory,
        scratch,
        crashReports,
        children,
        classPath,
        archives,
        trusted,
        addOpens,
        mainClass,
        launcher,
        loader);
  }
}
