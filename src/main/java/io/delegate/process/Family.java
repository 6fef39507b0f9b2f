package io.delegate.process;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A child, and what is remembered of those that come from it.
 *
 * <p>Without a control group of its own, the only trace of one that wiped its environment and whose
 * parent ended is that it was seen while it still was a descendant, or that it is in a session that
 * such a one began: nobody enters a session but by being born in it.
 */
final class Family {
  private final Proc proc;
  private final ProcessHandle root;
  private final @Nullable ControlGroup group;
  private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();
  private final Set<Long> sessions = new HashSet<>();

  Family(Proc proc, ProcessHandle root, @Nullable ControlGroup group) {
    this.proc = proc;
    this.root = root;
    this.group = group;
  }

  ProcessHandle root() {
    return root;
  }

  @Nullable ControlGroup group() {
    return group;
  }

  /** Remembers who is in the family now. */
  synchronized void look(Map<Long, Proc.Stat> all) {
    seen.removeIf(process -> !process.isAlive());
    Set<Long> members = new HashSet<>();
    seen.forEach(process -> members.add(process.pid()));
    if (root.isAlive()) {
      members.add(root.pid());
    }
    // the number of a session is free for others once nobody is in it
    sessions.retainAll(all.values().stream().map(Proc.Stat::session).toList());
    sessions.removeIf(session -> all.containsKey(session) && !members.contains(session));
    long foreign = sessionOf(all.get(ProcessHandle.current().pid()));
    Collection<Proc.Stat> others = all.values();
    for (boolean more = true; more; ) {
      more = false;
      for (Proc.Stat other : others) {
        boolean known = members.contains(other.pid());
        if (known || members.contains(other.parent()) || sessions.contains(other.session())) {
          more |= other.session() != foreign && sessions.add(other.session());
          more |= !known && members.add(other.pid());
        }
      }
    }
    members.remove(root.pid());
    members.forEach(pid -> remember(pid, all.get(pid)));
  }

  private static long sessionOf(Proc.@Nullable Stat stat) {
    return stat == null ? 0 : stat.session();
  }

  /** Its number may have gone to another process since the list was made. */
  private void remember(long pid, Proc.@Nullable Stat stat) {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (stat != null
        && handle.isPresent()
        && proc.startOf(pid).filter(stat.start()::equals).isPresent()) {
      seen.add(handle.get());
    }
  }

  /** All that were seen and still live. */
  List<ProcessHandle> seen() {
    return seen.stream().filter(ProcessHandle::isAlive).toList();
  }
}
