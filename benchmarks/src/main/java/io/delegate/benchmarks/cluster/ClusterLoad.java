package io.delegate.benchmarks.cluster;

import io.delegate.Death;
import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.Work;
import io.delegate.cluster.ClusterScheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * Streams over two nodes in JVMs of their own on this machine, and the engine's own requests to the
 * same JVMs, in turn. Started as {@code ClusterLoad ENGINE ROUNDS}; says what it measured in a line
 * of JSON.
 */
public final class ClusterLoad {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int NODES = 2;
  private static final int CHILDREN = 6;
  private static final int ITEMS = 300_000;
  private static final int REQUESTS = 20_000;
  private static final int UNDER_WAY = 256;
  private static final int ONE_BY_ONE = 2_000;
  private static final int SLEEPS = 3_600;
  private static final int SLEEP_MILLIS = 10;
  private static final int CANCELS = 10;

  private final List<Process> nodes = new ArrayList<>();
  private final Path tmp;

  private ClusterLoad(Path tmp) {
    this.tmp = tmp;
  }

  /**
   * Measures.
   *
   * @param args as above
   * @throws Exception what went wrong
   */
  public static void main(String[] args) throws Exception {
    Path tmp = Files.createTempDirectory("cluster-load");
    ClusterLoad load = new ClusterLoad(tmp);
    try {
      load.run(Engine.valueOf(args[0]), Integer.parseInt(args[1]));
    } finally {
      load.nodes.forEach(Process::destroyForcibly);
      try (Stream<Path> all = Files.list(tmp)) {
        for (Path file : all.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(tmp);
    }
    System.exit(0); // threads of the engine may idle on
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void startNode(Engine engine, int port, int first, int noOpPort, int noOpFirst)
      throws IOException {
    Process node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadNode.class.getName(),
                engine.name(),
                Integer.toString(port),
                Integer.toString(first),
                Integer.toString(noOpPort),
                Integer.toString(noOpFirst),
                Integer.toString(CHILDREN))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    nodes.add(node);
    BufferedReader out =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8));
    String line;
    do {
      line = out.readLine();
      if (line == null) {
        throw new IOException("a node has ended");
      }
    } while (!line.startsWith("ready"));
  }

  private void run(Engine engine, int rounds) throws Exception {
    int first = freePort();
    int noOpFirst = freePort();
    startNode(engine, first, first, noOpFirst, noOpFirst);
    startNode(engine, freePort(), first, freePort(), noOpFirst);
    double[] rates = new double[rounds];
    double[] requests = new double[rounds];
    double[] oneByOne = new double[rounds];
    double[] sleeps = new double[rounds];
    try (ClusterScheduler on = ClusterScheduler.create(engine.cluster(freePort(), first));
        NoOp noOp = engine.noOp(freePort(), noOpFirst, NODES + 1)) {
      on.awaitChildren(NODES * CHILDREN).block(LONG);
      for (int i = -1; i < rounds; i++) { // the first is to warm up
        double rate = ITEMS / stream(on, ITEMS);
        double request = REQUESTS / noOp.seconds(REQUESTS, UNDER_WAY);
        double alone = ONE_BY_ONE / noOp.seconds(ONE_BY_ONE, 1);
        double sleep = sleeps(on);
        if (i >= 0) {
          rates[i] = rate;
          requests[i] = request;
          oneByOne[i] = alone;
          sleeps[i] = sleep;
        }
      }
      double[] cancels = cancels(on);
      double[] losses = losses(on);
      System.out.println(
          Stream.of(
                  json("rates", rates),
                  json("requests", requests),
                  json("one by one", oneByOne),
                  json("sleeps", sleeps),
                  json("cancels", cancels),
                  json("losses", losses))
              .collect(Collectors.joining(", ", "{", "}")));
    }
  }

  private static String json(String name, double... values) {
    return Arrays.stream(values)
        .mapToObj(value -> String.format(Locale.ROOT, "%.9g", value))
        .collect(Collectors.joining(", ", "\"" + name + "\": [", "]"));
  }

  private static double stream(ClusterScheduler on, int items) {
    Work<Integer, Integer> triple = x -> 3 * x;
    long start = System.nanoTime();
    long sum =
        Flux.range(0, items)
            .transform(Delegate.<Integer, Integer>parallel(triple, on))
            .reduce(0L, (all, outcome) -> all + outcome.orElseThrow())
            .block();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (sum != 3L * items * (items - 1) / 2) {
      throw new IllegalStateException("a wrong sum: " + sum);
    }
    return seconds;
  }

  /** The time over the ideal one. */
  private static double sleeps(ClusterScheduler on) {
    Work<Integer, Integer> sleep =
        x -> {
          Thread.sleep(SLEEP_MILLIS);
          return x;
        };
    long start = System.nanoTime();
    long good =
        Flux.range(0, SLEEPS)
            .transform(Delegate.<Integer, Integer>parallel(sleep, on))
            .filter(Outcome::isSuccess)
            .count()
            .block();
    if (good != SLEEPS) {
      throw new IllegalStateException("only " + good + " have slept");
    }
    double ideal = SLEEPS * SLEEP_MILLIS / 1e3 / (NODES * CHILDREN);
    return (System.nanoTime() - start) / 1e9 / ideal;
  }

  /** Milliseconds from a cancel to the end of the child's process. */
  private double[] cancels(ClusterScheduler on) throws Exception {
    double[] took = new double[CANCELS];
    for (int i = 0; i < CANCELS; i++) {
      String file = tmp.resolve("cancel" + i).toString();
      Disposable running = on.submit(hang(file), i).subscribe();
      long pid = pid(file);
      long start = System.nanoTime();
      running.dispose();
      while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
        Thread.sleep(0, 100_000);
      }
      took[i] = (System.nanoTime() - start) / 1e6;
    }
    return took;
  }

  private static Work<Integer, Integer> hang(String file) {
    return x -> {
      Path draft = Path.of(file + ".draft");
      Files.writeString(draft, Long.toString(ProcessHandle.current().pid()));
      Files.move(draft, Path.of(file));
      Thread.sleep(1_000_000);
      return x;
    };
  }

  private static long pid(String file) throws Exception {
    while (!Files.exists(Path.of(file))) {
      Thread.sleep(1);
    }
    return Long.parseLong(Files.readString(Path.of(file)));
  }

  /** Milliseconds from the kill of a node to the first and the last outcome of what it had. */
  private double[] losses(ClusterScheduler on) throws Exception {
    String directory = tmp.toString();
    Work<Integer, Integer> hang =
        x -> {
          Files.createFile(Path.of(directory, "loss" + x));
          Thread.sleep(1_000_000);
          return x;
        };
    int all = NODES * CHILDREN;
    ConcurrentLinkedQueue<Long> told = new ConcurrentLinkedQueue<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    Disposable running =
        Flux.range(0, all)
            .transform(Delegate.<Integer, Integer>parallel(hang, on))
            .subscribe(
                outcome -> {
                  if (outcome instanceof Outcome.Aborted<Integer, Integer> aborted
                      && aborted.death().cause() == Death.Cause.NODE_LOST) {
                    told.add(System.nanoTime());
                    if (told.size() == CHILDREN) {
                      done.complete(null);
                    }
                  }
                },
                done::completeExceptionally,
                () -> done.complete(null));
    for (int i = 0; i < all; i++) {
      while (!Files.exists(tmp.resolve("loss" + i))) {
        Thread.sleep(1);
      }
    }
    long start = System.nanoTime();
    nodes.get(1).destroyForcibly();
    done.get(LONG.toSeconds(), TimeUnit.SECONDS);
    running.dispose();
    if (told.size() != CHILDREN) {
      throw new IllegalStateException("only " + told.size() + " were told to be lost");
    }
    return told.stream().mapToDouble(at -> (at - start) / 1e6).sorted().toArray();
  }
}
