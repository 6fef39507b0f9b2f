package io.delegate.process;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All processes that come from a child: those in its control group, those that descend from it or
 * were seen to, and those that bear its cookie though they were forked away (Linux only: elsewhere
 * a process whose parent has ended is lost).
 *
 * <p>Killed in passes, since a process may fork between being found and being killed: the tree is
 * dead when a pass finds nothing new and all found before are gone. Where no control group can be
 * made, one that left the tree and wiped its environment at once is not found.
 */
public final class ProcessTree {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
  private static final Duration SWEEP_LIMIT = Duration.ofSeconds(2);

  /** A storm of forks that is not over after so many patiences never will be. */
  private static final int PATIENCES = 6;

  private final Proc proc;
  private final Cookie cookie;
  private final Collection<Family> families;

  /** What was killed and is not gone yet, with when it was found. */
  private final Map<ProcessHandle, Long> killed = new HashMap<>();

  private final Set<Long> spared = selfAndAncestors();

  /** A control group of this name holds more of them; where its children are gone, too. */
  private @Nullable String groupName;

  ProcessTree(Proc proc, Cookie cookie, Collection<Family> families) {
    this.proc = proc;
    this.cookie = cookie;
    this.families = families;
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
    ProcessTree tree =
        new ProcessTree(proc, Cookie.startingWith(prefix), Families.startingWith(prefix));
    String directory = prefix.substring(0, Math.max(0, prefix.indexOf('/')));
    if (proc.allowsGroups() && PrivateDirectory.isName(directory)) {
      tree.groupName = directory;
    }
    Pause pause = new Pause();
    while (!tree.killPass() && pause.elapsed().compareTo(SWEEP_LIMIT) < 0) {
      pause.next();
    }
    tree.removeGroups();
    if (tree.groupName != null) {
      ControlGroup.of(proc, directory).forEach(ControlGroup::remove);
    }
  }

  /**
   * Kills again until all are gone and the child has ended. The child itself is waited for without
   * end; what else resists for longer than the patience is given up on.
   *
   * @return what was given up on
   */
  List<Long> killAll(BooleanSupplier childEnded, Duration patience, Runnable late) {
    Pause pause = new Pause();
    boolean told = false;
    while (true) {
      boolean ended = childEnded.getAsBoolean();
      if (safePass() && ended) {
        break;
      }
      boolean tooLong = pause.elapsed().compareTo(patience) > 0;
      if (tooLong && ended && onlyResisting(patience, pause)) {
        break;
      }
      if (tooLong && !told) {
        told = true;
        late.run();
      }
      pause.next();
    }
    removeGroups();
    return killed.keySet().stream().map(ProcessHandle::pid).sorted().toList();
  }

  private void removeGroups() {
    families.stream().map(Family::group).filter(Objects::nonNull).forEach(ControlGroup::remove);
  }

  private boolean safePass() {
    try {
      return killPass();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.debug("a pass of killing failed, and is made again", e);
      return false;
    }
  }

  /** SIGKILL does not reach them: another user's, or stuck in the kernel. */
  private boolean onlyResisting(Duration patience, Pause pause) {
    long since = System.nanoTime() - patience.toNanos();
    boolean old = killed.values().stream().allMatch(found -> found - since <= 0);
    return (old && !killed.isEmpty())
        || pause.elapsed().compareTo(patience.multipliedBy(PATIENCES)) > 0;
  }

  /** Finds and kills once; true when nothing was found and all found before are gone. */
  boolean killPass() {
    Set<ProcessHandle> found = find();
    long now = System.nanoTime();
    for (ProcessHandle process : found) {
      process.destroyForcibly();
      killed.putIfAbsent(process, now);
    }
    killed.keySet().removeIf(this::isGone);
    return found.isEmpty() && killed.isEmpty();
  }

  private Set<ProcessHandle> find() {
    Set<ProcessHandle> found = new HashSet<>();
    for (Family family : families) {
      ControlGroup group = family.group();
      if (group != null) {
        group.kill().forEach(pid -> ProcessHandle.of(pid).ifPresent(found::add));
      } else {
        family.look(proc.all());
      }
      found.addAll(family.seen());
      if (!isGone(family.root())) {
        // descendants first: once their parent is dead nothing leads to them any more
        family.root().descendants().forEach(found::add);
        found.add(family.root());
      }
    }
    for (ProcessHandle process : killed.keySet()) { // one that resists may yet fork
      process.descendants().forEach(found::add);
      found.add(process);
    }
    addWhere(proc.bearing(cookie), pid -> proc.bears(pid, cookie), found);
    String name = groupName;
    if (name != null) {
      addWhere(proc.inGroup(name), pid -> proc.inGroup(name).contains(pid), found);
      for (ControlGroup group : ControlGroup.of(proc, name)) {
        group.kill().forEach(pid -> ProcessHandle.of(pid).ifPresent(found::add));
      }
    }
    found.removeIf(process -> spared.contains(process.pid()) || isGone(process));
    return found;
  }

  /**
   * A handle knows its process by its start time; the test is made again, because the pid may have
   * gone to another process before there was a handle.
   */
  private static void addWhere(List<Long> pids, Predicate<Long> test, Set<ProcessHandle> found) {
    for (long pid : pids) {
      Optional<ProcessHandle> handle = ProcessHandle.of(pid);
      if (handle.isPresent() && test.test(pid)) {
        found.add(handle.get());
      }
    }
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
