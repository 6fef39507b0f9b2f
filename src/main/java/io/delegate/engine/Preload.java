package io.delegate.engine;

import io.delegate.Outcome;
import io.delegate.codec.WorkCodec;
import io.delegate.process.Launcher;
import io.delegate.wire.Frame;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what is needed when something fails before something does: a class that is first looked for
 * when the process has no file descriptor left is not found, nor ever after (JVMS 5.4.3), and the
 * very code that tells of it would be missing.
 */
final class Preload implements Runnable {
  private static final AtomicBoolean done = new AtomicBoolean();

  private static final Logger log = LoggerFactory.getLogger(Preload.class);

  static final List<String> ROOT =
      List.of(
          "Death",
          "DelegateException",
          "EncodedWork",
          "Event",
          "ExitReason",
          "Outcome",
          "Progress",
          "RemoteError",
          "RemoteTrace");

  static final List<String> CODEC =
      List.of(
          "Fence",
          "FieldPath",
          "JdkCodec",
          "JdkInput",
          "JdkOutput",
          "Plain",
          "Thrown",
          "WorkCodec");

  static final List<String> WIRE =
      List.of(
          "ContextFrame",
          "Found",
          "Frame",
          "Hello",
          "ItemFrame",
          "Ledger",
          "Mark",
          "Marking",
          "Memo",
          "ProtocolException",
          "ResultFrame",
          "Values",
          "Wanted",
          "Welcome",
          "WorkFrame");

  static final List<String> ENGINE =
      List.of(
          "Alarm",
          "Answer",
          "Burial",
          "Carried",
          "Child",
          "ClassDesk",
          "ClassRights",
          "ClassSource",
          "Connection",
          "Dispatcher",
          "Engine",
          "Escort",
          "Flight",
          "FluxOutcomes",
          "Forms",
          "Gateway",
          "Handed",
          "Host",
          "Hub",
          "LargeResult",
          "Living",
          "LoadMeter",
          "NamedValues",
          "Options",
          "OutcomeSubscriber",
          "Pace",
          "Pool",
          "Reorder",
          "SentTask",
          "ServedLoaders",
          "Shipped",
          "Slot",
          "SlotState",
          "SlotSteps",
          "Source",
          "Spares",
          "Staff",
          "ThreadLocals",
          "Threads",
          "Times",
          "Transport",
          "Verdict",
          "Watch",
          "Wear",
          "WorkBook");

  static final List<String> PROCESS =
      List.of(
          "ArchiveFlags",
          "ArchiveRoot",
          "ArchiveTraining",
          "ArchiveUse",
          "Archives",
          "Autopsy",
          "BootLauncher",
          "ChildEnvironment",
          "ChildFiles",
          "ChildJar",
          "ChildProcess",
          "ClassAdvice",
          "ClassArchive",
          "ClassOrder",
          "ClassPath",
          "ClassReach",
          "ClassSource",
          "ControlGroup",
          "Cookie",
          "CrashReport",
          "DaemonThread",
          "Deletion",
          "Departure",
          "DiscardSink",
          "Evidence",
          "ExitLog",
          "Families",
          "Family",
          "Fingerprint",
          "Headroom",
          "InheritSink",
          "JavaHome",
          "JvmFlags",
          "KeptReports",
          "LastOutput",
          "LaunchSpec",
          "Launcher",
          "LineSplitter",
          "LoaderUrls",
          "Location",
          "LogSink",
          "Looks",
          "ModulePath",
          "OomCounter",
          "OomKills",
          "OutputReader",
          "OutputSink",
          "OwnClasses",
          "OwnGroup",
          "OwnPlace",
          "Owner",
          "PeakMemory",
          "Pipe",
          "Platform",
          "PrivateDirectory",
          "Proc",
          "ProcessTree",
          "ProgramPath",
          "Remains",
          "Share",
          "Signals",
          "StartException",
          "StderrTail",
          "Sweep",
          "Unpacked",
          "UnpackedFiles",
          "UnpackedSweep");

  @Override
  public void run() {
    if (!done.compareAndSet(false, true)) {
      return;
    }
    load(Outcome.class, ROOT);
    load(WorkCodec.class, CODEC);
    load(Frame.class, WIRE);
    load(Pool.class, ENGINE);
    load(Launcher.class, PROCESS);
  }

  private static void load(Class<?> neighbour, List<String> names) {
    for (String name : names) {
      String whole = neighbour.getPackageName() + "." + name;
      try {
        loadNest(Class.forName(whole, false, neighbour.getClassLoader()));
      } catch (ClassNotFoundException
          | LinkageError e) { // trimmed by a shrinker, or no room even now
        log.debug("{} is not loaded beforehand", whole, e);
      }
    }
  }

  /** With its nested classes, and the nameless ones that a compiler numbers. */
  private static void loadNest(Class<?> type) {
    for (Class<?> nested : type.getDeclaredClasses()) {
      loadNest(nested);
    }
    try {
      for (int i = 1; ; i++) {
        Class.forName(type.getName() + "$" + i, false, type.getClassLoader());
      }
    } catch (ClassNotFoundException e) {
      // that was the last
    }
  }
}
