package io.delegate.process;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JVM's flags that have to do with archives of classes. */
final class ArchiveFlags {
  /** The first that logs of archives under this name, too; older ones refuse it. */
  private static final int KNOWS_AOT = 24;

  /** Those known to have the flag; a JVM does not start with one that it does not know. */
  private static final int IN_PLACE = 17;

  private static final int LAST_IN_PLACE = 25;

  /**
   * What an archive does not go with, or what shows that the user deals with archives himself:
   * another class path, other classes, agents that change classes, other forms of objects.
   */
  private static final Pattern OTHERWISE =
      Pattern.compile(
          "-Xshare:.*|-Xbootclasspath.*|-cp|-classpath|-p|-jar|@.*|-agent(lib|path):.*"
              + "|-javaagent:.*|--[a-z-]*path.*|--(patch-module|limit-modules|add-modules).*"
              + "|-XX:(Flags|VMOptionsFile|MaxRAM|MaxRAMFraction|InitialRAM\\w*)=.*|-Xverify.*"
              + "|-XX:[+-](BytecodeVerification\\w*|AggressiveHeap)"
              + "|-Djava\\.system\\.class\\.loader=.*"
              + "|-XX:(SharedArchiveFile|SharedClassListFile|ArchiveClassesAtExit)=.*"
              + "|-XX:(DumpLoadedClassList|AOT\\w*|ObjectAlignmentInBytes)=.*"
              + "|-XX:[+-](UseCompressed\\w*|UseCompactObjectHeaders|AutoCreateSharedArchive)"
              + "|-XX:[+-](UseZGC|DumpSharedSpaces|RecordDynamicDumpInfo)");

  private static final Pattern HEAP =
      Pattern.compile("(-Xmx|-Xms|-XX:MaxHeapSize=|-XX:InitialHeapSize=)(\\d+)([kKmMgGtT]?)");

  /** How those begin that set what the heap may become, and not what it is at first. */
  private static final List<String> MOST = List.of("-Xmx", "-XX:MaxHeapSize=");

  private static final Pattern SHARE = Pattern.compile("-XX:MaxRAMPercentage=(\\d+)(?:\\.\\d*)?");

  /** The JVM's own choice; that of {@link Share} is never more. */
  private static final long USUAL_SHARE = 25;

  private static final long ALL = 100;

  /** From here on, references in the heap are twice as long; an archive knows one length. */
  private static final long LARGE = 32L << 30;

  private static final Pattern TOTAL = Pattern.compile("MemTotal: +(\\d+) kB");

  private ArchiveFlags() {}

  /** Whether what the user has set leaves room for an archive of ours. */
  static boolean allow(LaunchSpec spec) {
    return spec.environment().keySet().stream().noneMatch(ChildEnvironment::isForJvms)
        && allow(spec.jvmArgs(), spec.children(), Machine.MEMORY);
  }

  static boolean allow(List<String> jvmArgs, int children, long memory) {
    long share = Math.min(USUAL_SHARE, Share.percent(children));
    long heap = memory / ALL * (share + 1);
    long first = 0;
    for (String arg : jvmArgs) {
      if (OTHERWISE.matcher(arg).matches()) {
        return false;
      }
      Matcher given = HEAP.matcher(arg);
      Matcher part = SHARE.matcher(arg);
      if (given.matches()) {
        long bytes = bytes(given.group(2), given.group(3));
        if (MOST.contains(given.group(1))) {
          heap = bytes;
        } else {
          first = bytes;
        }
      } else if (part.matches()) {
        heap = memory / ALL * Math.min(ALL, bytes(part.group(1), "") + 1);
      }
    }
    return Math.max(heap, first) < LARGE;
  }

  private static long bytes(String number, String unit) {
    int shift = 10 * ("kmgt".indexOf(unit.toLowerCase(Locale.ROOT)) + 1);
    try {
      return Math.multiplyExact(Long.parseLong(number), 1L << (unit.isEmpty() ? 0 : shift));
    } catch (ArithmeticException | NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Looked at once. */
  private static final class Machine {
    /** What a JVM takes its share of: that of the machine, or of the container. 0 if not known. */
    static final long MEMORY = memory();

    private static long memory() {
      long host = ofHost();
      if (host > 0 && host < LARGE) {
        return host; // no heap is too large there, and the other way loads hundreds of classes
      }
      try {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
          return system.getTotalMemorySize();
        }
      } catch (LinkageError | RuntimeException e) {
        // a JDK without that module
      }
      return host;
    }

    private static long ofHost() {
      try {
        String text = Files.readString(Path.of("/proc/meminfo"), StandardCharsets.ISO_8859_1);
        Matcher found = TOTAL.matcher(text);
        return found.find() ? Long.parseLong(found.group(1)) << 10 : 0;
      } catch (IOException e) {
        return 0;
      }
    }
  }

  /**
   * Of a child that maps archives, ours or the JDK's own, where they were made for: what is not
   * moved need not be written to, is shared by all children, and spares each 1,700 page faults. The
   * address is known to anybody, then: so not for one whose code is not trusted.
   */
  static List<String> inPlace(int version) {
    return version >= IN_PLACE && version <= LAST_IN_PLACE
        ? List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0")
        : List.of();
  }

  /** Of a child that starts from an archive. What is wrong with it matters to nobody. */
  static List<String> use(Path archive, int version) {
    List<String> flags = new ArrayList<>();
    flags.add("-XX:SharedArchiveFile=" + archive);
    flags.add("-Xlog:cds*=off:stderr");
    if (version >= KNOWS_AOT) {
      flags.add("-Xlog:aot*=off:stderr");
    }
    return flags;
  }

  /** Of a child that writes down which classes it loads. */
  static List<String> list(Path file) {
    return List.of("-XX:DumpLoadedClassList=" + file);
  }

  /** Of a JVM that makes an archive of such a list, and runs nothing of a program. */
  static List<String> dump(Path list, Path archive) {
    return List.of(
        "-XX:+UseG1GC", // on JDK 17 the only one whose archive holds objects, such as the modules
        "-XX:TieredStopAtLevel=1",
        "-Xmx256m",
        "-XX:-UsePerfData",
        "-Xlog:disable",
        "-Xlog:all=error:stderr",
        "-Xshare:dump",
        "-XX:SharedClassListFile=" + list,
        "-XX:SharedArchiveFile=" + archive);
  }
}
