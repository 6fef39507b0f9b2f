package io.delegate.benchmarks;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import reactor.core.publisher.Flux;

/**
 * What Delegate tells of an item that ends badly: the same twenty-one items, two workers and seven
 * behaviours as in {@code evidence/peers.py}, one line for each.
 */
public final class Evidence {
  private static final int BAD = 10;
  private static final int ITEMS = 21;

  private Evidence() {}

  private interface Behaviour extends Work<Integer, Object> {}

  private record Named(String name, Behaviour behaviour) {}

  private static final List<Named> BEHAVIOURS =
      List.of(
          new Named(
              "exit(3)",
              x -> {
                System.exit(3);
                return x;
              }),
          new Named(
              "halt(137)",
              x -> {
                Runtime.getRuntime().halt(137);
                return x;
              }),
          new Named("SIGSEGV", x -> segfault()),
          new Named(
              "heap full",
              x -> {
                List<byte[]> held = new ArrayList<>();
                while (true) {
                  held.add(new byte[1 << 20]);
                }
              }),
          new Named(
              "kill -9",
              x -> {
                String pid = Long.toString(ProcessHandle.current().pid());
                new ProcessBuilder("kill", "-9", pid).start().waitFor();
                Thread.sleep(60_000);
                return x;
              }),
          new Named("stack overflow", Evidence::overflow),
          new Named(
              "deadlock",
              x -> {
                ReentrantLock lock = new ReentrantLock();
                Thread other = new Thread(lock::lock);
                other.start();
                other.join();
                lock.lock(); // held by a thread that is gone
                return x;
              }));

  private static Object segfault() throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field field = type.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    type.getMethod("putLong", long.class, long.class).invoke(field.get(null), 1L, 1L);
    return "not reached";
  }

  @SuppressWarnings("InfiniteRecursion") // as was asked for
  private static Object overflow(Integer x) {
    return overflow(x + 1);
  }

  /**
   * Prints one line per behaviour, with tabs: what its caller is told, how many others succeeded.
   *
   * @param args none
   */
  public static void main(String[] args) {
    for (Named named : BEHAVIOURS) {
      Behaviour behaviour = named.behaviour();
      Work<Integer, Object> work = x -> x == BAD ? behaviour.apply(x) : (Object) (3 * x);
      try (ProcessScheduler on =
          ProcessScheduler.builder()
              .children(2)
              .heap("128m")
              .timeout(Duration.ofSeconds(10))
              .output(Output.DISCARD)
              .build()) {
        List<Outcome<Integer, Object>> outcomes =
            Flux.range(0, ITEMS).transform(Delegate.parallel(work, on)).collectList().block();
        Outcome<Integer, Object> bad =
            outcomes.stream().filter(o -> o.item() == BAD).findFirst().orElseThrow();
        long others = outcomes.stream().filter(Outcome::isSuccess).count();
        System.out.println(named.name() + "\t" + told(bad) + "\t" + others);
      }
    }
  }

  private static String told(Outcome<?, ?> outcome) {
    if (outcome instanceof Outcome.Aborted<?, ?> a) {
      return "Aborted: " + a.death();
    }
    if (outcome instanceof Outcome.Failure<?, ?> f) {
      long frames = f.error().stackTrace().lines().filter(l -> l.startsWith("\tat ")).count();
      return "Failure: " + f.error() + ", with its " + frames + " stack frames";
    }
    if (outcome instanceof Outcome.TimedOut<?, ?> t) {
      String at =
          t.threadDump()
              .lines()
              .filter(line -> line.contains(Evidence.class.getSimpleName()))
              .findFirst()
              .map(String::strip)
              .orElse("no thread dump");
      return "TimedOut: over its " + t.which().option() + " of " + t.limit() + ", stuck " + at;
    }
    return outcome.toString();
  }
}
