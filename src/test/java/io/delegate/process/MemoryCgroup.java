package io.delegate.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A cgroup with a limit on memory, below our own. Only the superuser can make one, as a rule. */
final class MemoryCgroup implements AutoCloseable {
  private final Path directory;
  private final Path counter;

  private MemoryCgroup(Path directory, Path counter) {
    this.directory = directory;
    this.counter = counter;
  }

  /** Empty where none can be made. */
  static Optional<MemoryCgroup> make(long bytes) {
    Optional<Path> counter = OomCounter.counterOf(Proc.SYSTEM, ProcessHandle.current().pid());
    if (counter.isEmpty()) {
      return Optional.empty();
    }
    String name = "delegate-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    MemoryCgroup made = at(counter.get().resolveSibling(name), counter.get());
    try {
      Files.createDirectory(made.directory);
      boolean one = counter.get().endsWith("memory.oom_control");
      Path limit = made.directory.resolve(one ? "memory.limit_in_bytes" : "memory.max");
      Files.writeString(limit, Long.toString(bytes));
      Path swap = made.directory.resolve(one ? "memory.memsw.limit_in_bytes" : "memory.swap.max");
      if (Files.exists(swap)) { // it would only be slow, and never be killed
        Files.writeString(swap, one ? Long.toString(bytes) : "0");
      }
      return Optional.of(made);
    } catch (IOException notAllowed) {
      made.close();
      return Optional.empty();
    }
  }

  private static MemoryCgroup at(Path directory, Path sibling) {
    return new MemoryCgroup(directory, directory.resolve(sibling.getFileName()));
  }

  /** Where the kernel counts what it kills in it. */
  Path counter() {
    return counter;
  }

  /** A launcher that moves into the cgroup and becomes the command. */
  List<String> wrap(List<String> command) {
    String script = "echo $$ > '" + directory + "/cgroup.procs' && exec \"$@\"";
    List<String> wrapped = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    wrapped.addAll(command);
    return wrapped;
  }

  @Override
  public void close() {
    // a process that was just reaped may keep it busy for a moment
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        Files.deleteIfExists(directory);
        return;
      } catch (IOException busy) {
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      }
    }
  }
}
