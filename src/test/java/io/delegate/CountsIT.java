package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.delegate.codec.FstCodec;
import io.delegate.conformance.Cargo;
import io.delegate.conformance.NothingLeft;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/**
 * What an item costs, counted and not timed: a step back shows here whatever the machine does. What
 * depends on how threads are scheduled has a bound that is a multiple of what was counted.
 */
@ExtendWith(NothingLeft.class)
class CountsIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final int ITEMS = 100_000;

  @TempDir Path tmp;

  private static ProcessScheduler scheduler() {
    return ProcessScheduler.builder().children(2).window(256).classArchive(false).build();
  }

  private static void run(ProcessScheduler scheduler) {
    Long sum =
        Flux.range(0, ITEMS)
            .transform(Delegate.<Integer, Integer>parallel(i -> 3 * i, scheduler))
            .map(Outcome::orElseThrow)
            .reduce(0L, Long::sum)
            .block(LONG);
    assertThat(sum).isEqualTo(3L * ITEMS * (ITEMS - 1) / 2);
  }

  /** A child reads what one flush of the parent's brought, and writes what it has done since. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void manyItemsShareAReadAndAWrite() throws Exception {
    try (ProcessScheduler scheduler = scheduler()) {
      scheduler.spawn(2).block(LONG);
      List<Long> children = NothingLeft.children();
      assertThat(children).hasSize(2);
      run(scheduler);
      long before = calls(children);
      run(scheduler);
      long calls = calls(children) - before;
      System.out.println("reads and writes of two children for 100,000 items: " + calls);
      assertThat(calls).isPositive().isLessThan(ITEMS / 20);
    }
  }

  private static long calls(List<Long> children) throws IOException {
    long calls = 0;
    for (long child : children) {
      calls +=
          Files.readAllLines(Path.of("/proc", Long.toString(child), "io")).stream()
              .filter(line -> line.startsWith("syscr: ") || line.startsWith("syscw: "))
              .mapToLong(line -> Long.parseLong(line.substring("syscr: ".length())))
              .sum();
    }
    return calls;
  }

  /** The same where the window is not set. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theWindowThatFollowsSharesThemAmongMore() throws Exception {
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder().children(2).classArchive(false).build()) {
      scheduler.spawn(2).block(LONG);
      List<Long> children = NothingLeft.children();
      run(scheduler);
      run(scheduler);
      long before = calls(children);
      run(scheduler);
      long calls = calls(children) - before;
      System.out.println("the same with a window that follows: " + calls);
      assertThat(calls).isPositive().isLessThan(ITEMS / 20);
    }
  }

  /** It looks for its parent, and the parent at it: now and then. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aChildThatHasNothingToDoSleeps() throws Exception {
    try (ProcessScheduler scheduler = scheduler()) {
      scheduler.spawn(1).block(LONG);
      run(scheduler);
      Thread.sleep(1_000); // the child's flusher looks on for a while after the last item
      List<Path> threads = new ArrayList<>();
      for (long child : NothingLeft.children()) {
        threads.addAll(threads(child, "delegate-"));
      }
      threads.addAll(threads(ProcessHandle.current().pid(), "delegate-looks"));
      long before = switches(threads);
      Thread.sleep(3_000);
      long switches = switches(threads) - before;
      System.out.println("threads woken in 3 s without an item: " + switches);
      assertThat(switches).isBetween(1L, 40L);
    }
  }

  private static List<Path> threads(long pid, String name) throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      return tasks
          .filter(
              task -> {
                try {
                  return Files.readString(task.resolve("comm")).startsWith(name);
                } catch (IOException e) {
                  return false; // it has ended
                }
              })
          .toList();
    }
  }

  private static long switches(List<Path> threads) throws IOException {
    long switches = 0;
    for (Path thread : threads) {
      for (String line : Files.readAllLines(thread.resolve("status"))) {
        if (line.startsWith("voluntary_ctxt_switches:")) {
          switches += Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    }
    return switches;
  }

  /** In a JVM of its own: where leaks of buffers are looked for, each access makes objects. */
  @Test
  void anItemTakesLittleMemoryOfTheParent() throws Exception {
    try (ParentJvm parent = ParentJvm.start(tmp, List.of(), Program.class)) {
      long least = Long.parseLong(parent.heard("bytes "));
      System.out.println("bytes the parent allocates for an item: " + least);
      assertThat(parent.status()).isZero();
      assertThat(least).isPositive().isLessThan(700);
    }
  }

  static final class Program {
    public static void main(String[] args) {
      long least = Long.MAX_VALUE;
      try (ProcessScheduler scheduler = scheduler()) {
        for (int i = 0; i < 6; i++) { // compiled code makes fewer objects, later
          Map<Long, Long> before = allocated();
          run(scheduler);
          least = Math.min(least, since(before) / ITEMS);
        }
      }
      System.out.println("bytes " + least);
    }
  }

  private static Map<Long, Long> allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] ids = threads.getAllThreadIds();
    long[] bytes = threads.getThreadAllocatedBytes(ids);
    Map<Long, Long> all = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      all.put(ids[i], Math.max(0, bytes[i]));
    }
    return all;
  }

  /** By the threads that live now. */
  private static long since(Map<Long, Long> before) {
    return allocated().entrySet().stream()
        .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
        .sum();
  }

  @Test
  void aChildLoadsFewClassesBeforeItsFirstResult() throws Exception {
    int scalars = loaded(ProcessScheduler.builder(), (Integer i) -> 3 * i, 1);
    int objects =
        loaded(
            ProcessScheduler.builder().codec(new FstCodec()),
            (Cargo.Point p) -> p,
            new Cargo.Point(1, 2));
    System.out.println("classes loaded for a number: " + scalars + ", for a record: " + objects);
    boolean old = Runtime.version().feature() < 21;
    assertThat(scalars).isLessThan(old ? 920 : 1_080);
    assertThat(objects).isLessThan(old ? 1_120 : 1_280);
  }

  private <I> int loaded(ProcessScheduler.Builder builder, Work<I, ?> work, I item)
      throws IOException {
    Path log = tmp.resolve("load.txt");
    try (ProcessScheduler scheduler =
        builder
            .children(1)
            .classPath(ChildClassPath.SMALL)
            .classArchive(false)
            .jvmArgs("-Xlog:class+load:file=" + log)
            .build()) {
      assertThat(scheduler.submit(work, item).block(LONG).isSuccess()).isTrue();
      List<String> lines = Files.readAllLines(log);
      return (int) lines.stream().filter(line -> line.contains(" source: ")).count();
    }
  }
}
