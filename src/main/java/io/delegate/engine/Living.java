package io.delegate.engine;

import io.delegate.process.ChildProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A child process of this JVM, from its start until it is dead, with all that it started.
 *
 * @param pid its process
 * @param command what was run
 * @param scheduler the name of the scheduler it belongs to
 * @param cookie its mark, which all it starts inherits: the name of its directory, a slash, a
 *     number
 */
public record Living(long pid, List<String> command, String scheduler, String cookie) {
  /** By cookie: the number of a process may be another's soon. */
  private static final Map<String, Entry> ALL = new ConcurrentHashMap<>();

  private record Entry(Living child, Engine engine) {}

  /**
   * With the command copied.
   *
   * @param pid its process
   * @param command what was run
   * @param scheduler the name of its scheduler
   * @param cookie its mark
   */
  public Living {
    command = List.copyOf(command);
  }

  /**
   * The children of all schedulers.
   *
   * @return those there are now
   */
  public static List<Living> all() {
    return ALL.values().stream().map(Entry::child).toList();
  }

  /** The pids of one engine's children. */
  static List<Long> of(Engine engine) {
    return ALL.values().stream()
        .filter(entry -> entry.engine() == engine)
        .map(entry -> entry.child().pid())
        .toList();
  }

  static void started(Pool pool, ChildProcess process) {
    Living child =
        new Living(process.pid(), process.command(), pool.options().name(), process.cookie());
    ALL.put(child.cookie(), new Entry(child, pool));
  }

  static void gone(ChildProcess process) {
    ALL.remove(process.cookie());
  }
}
