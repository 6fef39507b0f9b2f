package io.delegate.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is gathered of a child while it lives, and what it left once it is dead. */
final class Evidence {
  private final Proc proc;
  private final long pid;
  private final long startedAt;
  private final ChildFiles files;
  private final @Nullable Path reports;
  private final PeakMemory memory;
  private @Nullable OomKills kills;
  private boolean settled;
  private boolean closed;
  private volatile boolean busy = true;
  private volatile boolean stirred;

  /** {@code startedAt}: by {@link System#nanoTime()}, not after its process began. */
  Evidence(
      Proc proc,
      long pid,
      boolean isJava,
      long startedAt,
      ChildFiles files,
      @Nullable Path reports) {
    this.proc = proc;
    this.pid = pid;
    this.startedAt = startedAt;
    this.files = files;
    this.reports = reports;
    this.memory = new PeakMemory(proc, pid, isJava);
  }

  /** The child has something to do, or has not. */
  void busy(boolean now) {
    if (now) {
      stirred = true;
    }
    busy = now;
  }

  /** Whether it had nothing to do since that was asked last. */
  boolean isResting() {
    boolean resting = !busy && !stirred;
    stirred = false;
    return resting;
  }

  /** At the living child: every now and then, and before it is killed. */
  synchronized void look() {
    if (closed) {
      return;
    }
    memory.look();
    if (!settled) {
      settled = memory.jvm() != 0; // a launcher may move itself, and so the JVM, to another cgroup
      settle();
    }
    if (kills != null) {
      kills.look();
    }
  }

  private void settle() {
    long process = memory.jvm() == 0 ? pid : memory.jvm();
    Optional<Path> counter = OomCounter.counterOf(proc, process);
    if (counter.isPresent() && (kills == null || !kills.counter().equals(counter.get()))) {
      leave();
      kills = OomKills.join(counter.get());
    }
  }

  private void leave() {
    if (kills != null) {
      kills.leave();
      kills = null;
    }
  }

  /** Reads what the child left and removes it: after a million children there is still room. */
  Autopsy examine(int exitCode, boolean killedByUs) {
    try {
      return findings(exitCode, killedByUs);
    } finally {
      abandon();
      removeFiles();
    }
  }

  private Autopsy findings(int exitCode, boolean killedByUs) {
    Duration age = Duration.ofNanos(System.nanoTime() - startedAt);
    CrashReport crash = CrashReport.read(files.crashReport());
    ExitLog exitLog = ExitLog.read(files.exitLog());
    boolean unexplained = exitCode == Signals.KILLED && !killedByUs && !exitLog.orderly();
    boolean forMemory = unexplained && claim();
    abandon();
    Optional<Path> kept =
        reports != null && Files.isRegularFile(files.crashReport(), LinkOption.NOFOLLOW_LINKS)
            ? KeptReports.keep(files.crashReport(), reports, pid)
            : Optional.empty();
    long peak = Math.max(memory.bytes(), crash.peakMemory());
    return new Autopsy(exitCode, killedByUs, exitLog, crash, forMemory, kept, peak, age);
  }

  private synchronized boolean claim() {
    return kills != null && kills.claim(startedAt);
  }

  /** Lets go of the living: no look finds anything any more. */
  synchronized void abandon() {
    closed = true;
    memory.close();
    leave();
  }

  private void removeFiles() {
    try {
      Files.deleteIfExists(files.exitLog());
      Files.deleteIfExists(files.crashReport());
    } catch (IOException e) {
      // they go with the directory
    }
  }
}
