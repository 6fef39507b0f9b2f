package io.delegate.process;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * All processes that come from a child: those that descend from it, and those that bear its cookie
 * though they were forked away (Linux only: elsewhere a process whose parent has ended is lost).
 *
 * <p>Killed in passes, since a process may fork between being found and being killed: the tree is
 * dead when a pass finds nothing new and all found before are gone. One that both left the tree and
 * wiped its environment is not found.
 */
public final class ProcessTree {
  /** The children that run, by their marks: what is known where no environment can be read. */
  private static final Map<String, ProcessHandle> RUNNING = new ConcurrentHashMap<>();

  private static final Duration SWEEP_LIMIT = Duration.ofSeconds(2);

  private final Proc proc;
  private final Cookie cookie;
  private final Set<ProcessHandle> roots;
  private final Set<ProcessHandle> killed = new HashSet<>();
  private final Set<Long> spared = selfAndAncestors();

  ProcessTree(Proc proc, Cookie cookie, Set<ProcessHandle> roots) {
    this.proc = proc;
    this.cookie = cookie;
    this.roots = roots;
  }

  static void started(String mark, ProcessHandle child) {
    RUNNING.put(mark, child);
  }

  static void ended(String mark) {
    RUNNING.remove(mark);
  }

  /**
   * Kills every process whose cookie starts so, but never this process or one it descends from.
   * Blocks until they are gone, at most two seconds.
   *
   * @param prefix the name of a private directory and a slash
   */
  public static void killAllWithCookie(String prefix) {
    killAllWithCookie(Proc.SYSTEM, prefix);
  }

  static void killAllWithCookie(Proc proc, String prefix) {
    Set<ProcessHandle> roots =
        RUNNING.entrySet().stream()
            .filter(child -> child.getKey().startsWith(prefix))
            .map(Map.Entry::getValue)
            .collect(Collectors.toSet());
    ProcessTree tree = new ProcessTree(proc, Cookie.startingWith(prefix), roots);
    Pause pause = new Pause();
    while (!tree.killPass() && pause.elapsed().compareTo(SWEEP_LIMIT) < 0) {
      pause.next();
    }
  }

  /** Finds and kills once; true when nothing was found and all found before are gone. */
  boolean killPass() {
    Set<ProcessHandle> found = find();
    found.forEach(ProcessHandle::destroyForcibly);
    killed.addAll(found);
    killed.removeIf(this::isGone);
    return found.isEmpty() && killed.isEmpty();
  }

  private Set<ProcessHandle> find() {
    Set<ProcessHandle> found = new HashSet<>();
    for (ProcessHandle root : roots) {
      if (!isGone(root)) {
        // descendants first: once their parent is dead nothing leads to them any more
        root.descendants().filter(process -> !isGone(process)).forEach(found::add);
        found.add(root);
      }
    }
    for (long pid : proc.bearing(cookie)) {
      Optional<ProcessHandle> handle = ProcessHandle.of(pid);
      // the handle knows its process by its start time; the cookie is looked at again, because the
      // pid may have gone to another process before there was a handle
      if (handle.isPresent() && proc.bears(pid, cookie)) {
        found.add(handle.get());
      }
    }
    found.removeIf(process -> spared.contains(process.pid()));
    return found;
  }

  private boolean isGone(ProcessHandle process) {
    return !process.isAlive() || proc.isZombie(process.pid());
  }

  private static Set<Long> selfAndAncestors() {
    Set<Long> pids = new HashSet<>();
    Optional<ProcessHandle> process = Optional.of(ProcessHandle.current());
    while (process.isPresent() && pids.add(process.get().pid())) {
      process = process.get().parent();
    }
    return pids;
  }

  /** Between passes: short at first, for a process is gone within milliseconds as a rule. */
  static final class Pause {
    private static final long LONGEST_MILLIS = 100;
    private final long start = System.nanoTime();
    private long millis = 1;

    Duration elapsed() {
      return Duration.ofNanos(System.nanoTime() - start);
    }

    void next() {
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      for (long left; (left = until - System.nanoTime()) > 0; ) {
        LockSupport.parkNanos(left);
        if (Thread.interrupted()) {
          break;
        }
      }
      millis = Math.min(2 * millis, LONGEST_MILLIS);
    }
  }
}
