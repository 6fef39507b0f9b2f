package io.delegate.process;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The flags of a child's JVM: ours, then the user's, which win. */
final class JvmFlags {
  private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w+GC");
  private static final Pattern SAFEPOINTS =
      Pattern.compile("-XX:([+-]UseCountedLoopSafepoints|LoopStripMiningIter=.*)");

  /** The first that knows the option, and warns of {@code sun.misc.Unsafe} without it. */
  private static final int WARNS_OF_UNSAFE = 23;

  private JvmFlags() {}

  static List<String> of(LaunchSpec spec, ChildFiles files, List<String> archive) {
    List<String> flags = new ArrayList<>();
    if (!given(spec, COLLECTOR)) { // two collectors are an error, not an override
      flags.add("-XX:+UseSerialGC");
    }
    if (!given(spec, SAFEPOINTS)) { // one without the other prints a warning
      flags.add("-XX:+UseCountedLoopSafepoints");
      flags.add("-XX:LoopStripMiningIter=1000");
    }
    flags.add("-XX:+ExitOnOutOfMemoryError");
    int processors = Runtime.getRuntime().availableProcessors();
    flags.addAll(Share.flags(spec.children(), processors, spec.jvmArgs()));
    flags.add("-XX:ErrorFile=" + files.crashReport());
    flags.add("-Xshare:auto");
    flags.add("-XX:-UsePerfData");
    // stdout belongs to the user's code
    flags.add("-XX:+DisplayVMOutputToStderr");
    flags.add("-Xlog:disable");
    flags.add("-Xlog:all=warning:stderr");
    flags.add(ExitLog.flag(files.exitLog()));
    int version = JavaHome.version(spec.javaHome()).orElse(0);
    if (spec.trusted()) {
      flags.addAll(ArchiveFlags.inPlace(version));
    }
    if (version >= WARNS_OF_UNSAFE) {
      flags.add("--sun-misc-unsafe-memory-access=allow");
    }
    if (files.scratch() != null) {
      flags.add("-Djava.io.tmpdir=" + files.scratch());
    }
    flags.addAll(archive);
    flags.addAll(spec.jvmArgs());
    return flags;
  }

  private static boolean given(LaunchSpec spec, Pattern pattern) {
    return spec.jvmArgs().stream().anyMatch(arg -> pattern.matcher(arg).matches());
  }
}
