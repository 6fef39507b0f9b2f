package io.delegate.benchmarks.peers;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** What children take that have nothing to do, as {@code /proc} tells it. */
final class Idle {
  private static final Path PROC = Path.of("/proc");

  private Idle() {}

  /** MiB of a child of Delegate and of a bare JVM with the same flags, both alive, in turn. */
  static Result memory(int pairs, int children) throws Exception {
    double[] ours = new double[pairs];
    double[] theirs = new double[pairs];
    List<String> flags = BareJvm.flagsOfDelegate(children);
    long start = System.nanoTime();
    for (int i = 0; i < pairs; i++) {
      try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
        scheduler.spawn(1).block();
        long child = childrenOfThis().get(0);
        Process bare = BareJvm.start(flags, Hello.class, "1", "stay");
        Thread.sleep(2_000); // both are quiet then
        ours[i] = pss(child);
        theirs[i] = pss(bare.pid());
        bare.getOutputStream().close();
        bare.waitFor();
      }
    }
    return new Result(Timed.since(start), pairs, pairs).with("ours", ours).with("theirs", theirs);
  }

  /** Milliseconds of CPU in so many seconds: of this JVM, then of each child. */
  static Result cpu(int seconds, int children) throws Exception {
    try (ProcessScheduler scheduler = ProcessScheduler.create(children)) {
      scheduler.spawn(children).block();
      Work<Integer, Integer> work = Works::triple;
      long successes =
          Flux.range(0, 10_000)
              .transform(Delegate.parallel(work, scheduler))
              .filter(Outcome::isSuccess)
              .count()
              .block();
      Thread.sleep(5_000); // the compilers are done then
      List<Long> pids = new ArrayList<>(List.of(ProcessHandle.current().pid()));
      pids.addAll(childrenOfThis());
      double[] used = new double[pids.size()];
      long start = System.nanoTime();
      for (int i = 0; i < used.length; i++) {
        used[i] = -cpuMillis(pids.get(i));
      }
      Thread.sleep(1_000L * seconds);
      for (int i = 0; i < used.length; i++) {
        used[i] += cpuMillis(pids.get(i));
      }
      return new Result(Timed.since(start), seconds, successes).with("values", used);
    }
  }

  private static List<Long> childrenOfThis() {
    return ProcessHandle.current().children().map(ProcessHandle::pid).toList();
  }

  private static double pss(long pid) throws IOException {
    Path file = PROC.resolve(pid + "/smaps_rollup");
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("Pss:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IOException("no Pss in " + file);
  }

  /** Of all threads that are alive: finer than the ticks in {@code stat}. */
  private static double cpuMillis(long pid) throws IOException {
    long nanos = 0;
    try (Stream<Path> tasks = Files.list(PROC.resolve(pid + "/task"))) {
      for (Path task : tasks.toList()) {
        try {
          nanos += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", -1)[0]);
        } catch (IOException ended) {
          // a thread that has just gone
        }
      }
    }
    return nanos / 1e6;
  }
}
