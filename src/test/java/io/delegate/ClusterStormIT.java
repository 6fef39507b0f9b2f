package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.cluster.Cluster;
import io.delegate.cluster.ClusterNode;
import io.delegate.cluster.ClusterScheduler;
import io.delegate.cluster.Engines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/** Nodes in JVMs of their own, of which one is killed, one stopped, one added and one drained. */
@ExtendWith(NothingLeft.class)
class ClusterStormIT {
  private static final Duration LONG = Duration.ofSeconds(100);

  /** Ten times that without a word, and one is lost: a machine with as many JVMs may starve one. */
  private static final Duration INTERVAL = Duration.ofMillis(600);

  private static final int ITEMS = Integer.getInteger("delegate.storm.items", 20_000);
  @TempDir Path tmp;
  private final List<ParentJvm> jvms = new ArrayList<>();
  private String peers;
  private Engines engine;

  /** {@code peers}: all that there will be; whoever knew but one that has gone finds nobody. */
  private static Cluster cluster(Engines engine, int port, String peers) {
    Engines.withoutMerge();
    return engine.cluster("127.0.0.1", port, INTERVAL, peers.split(","));
  }

  /** A node in a JVM of its own: engine, name, port, peers, and its children. */
  static final class Node {
    private Node() {}

    public static void main(String[] args) throws Exception {
      ProcessScheduler.Builder machine =
          ProcessScheduler.builder().name(args[1]).children(Integer.parseInt(args[4])).heap("64m");
      ClusterNode node =
          ClusterNode.start(
              cluster(Engines.valueOf(args[0]), Integer.parseInt(args[2]), args[3]), machine);
      System.out.println("ready");
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      if ("drain".equals(in.readLine())) {
        node.drain(Duration.ofSeconds(60)).block();
        System.out.println("drained");
      }
      node.close();
      Engines.valueOf(args[0]).close();
    }
  }

  private ParentJvm node(String name, int port, int children) throws IOException {
    Path directory = Files.createDirectory(tmp.resolve(name));
    ParentJvm jvm =
        ParentJvm.start(
            directory, List.of("-Xmx128m"), Node.class, engine, name, port, peers, children);
    jvms.add(jvm);
    jvm.heard("ready");
    return jvm;
  }

  @AfterEach
  void end() {
    jvms.forEach(ParentJvm::close);
    engine.close();
    Engines.withMerge();
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Work<Integer, Integer> storm(Notes notes) {
    return x -> {
      notes.append("starts" + ProcessHandle.current().pid(), x);
      switch (x % 1_000) {
        case 7 -> Runtime.getRuntime().halt(9);
        case 11 -> throw new IllegalStateException("eleven");
        case 13 -> {
          while (true) {
            Thread.onSpinWait();
          }
        }
        default -> Thread.sleep(x % 3);
      }
      return 3 * x;
    };
  }

  private static boolean isRight(Outcome<Integer, Integer> outcome) {
    int kind = outcome.item() % 1_000;
    if (outcome instanceof Outcome.Aborted<?, ?> a && a.death().cause() == Death.Cause.NODE_LOST) {
      return a.death().stderrTail().startsWith("node ");
    }
    if (outcome instanceof Outcome.Success<Integer, Integer> s) {
      return kind != 7 && kind != 11 && kind != 13 && s.result() == 3 * s.item();
    }
    if (outcome instanceof Outcome.Failure<?, ?> f) {
      return kind == 11 && f.error().message().equals("eleven");
    }
    if (outcome instanceof Outcome.Aborted<?, ?> a) {
      return kind == 7 && a.death().exitCode() == 9;
    }
    return kind == 13;
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(180)
  void eachItemHasOneOutcomeWhateverBecomesOfTheNodes(Engines by) throws Exception {
    engine = by;
    List<Integer> ports = freePorts(5);
    peers = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    ParentJvm drained = node("drained", ports.get(0), 2);
    ParentJvm killed = node("killed", ports.get(1), 2);
    ParentJvm stopped = node("stopped", ports.get(2), 2);
    Notes notes = Notes.in(Files.createDirectory(tmp.resolve("notes")));
    List<Outcome<Integer, Integer>> outcomes;
    try (ClusterScheduler on =
        ClusterScheduler.create(
            cluster(engine, ports.get(3), peers),
            ProcessScheduler.builder().name("parent").timeout(Duration.ofSeconds(1)))) {
      on.awaitChildren(6).block(LONG);
      AtomicInteger done = new AtomicInteger();
      CompletableFuture<List<Outcome<Integer, Integer>>> all =
          Flux.range(0, ITEMS)
              .transform(Delegate.<Integer, Integer>parallel(storm(notes), on))
              .doOnNext(o -> done.incrementAndGet())
              .collectList()
              .toFuture();
      await().atMost(LONG).until(() -> done.get() > ITEMS / 10);
      long begun = System.nanoTime();
      killed.handle().destroyForcibly();
      ParentJvm added = node("added", ports.get(4), 2);
      await().atMost(LONG).until(() -> done.get() > 3 * ITEMS / 10);
      Pids.stop(stopped.pid());
      await().atMost(LONG).until(() -> done.get() > 5 * ITEMS / 10);
      drained.tell("drain");
      drained.heard("drained");
      outcomes = all.get(100, TimeUnit.SECONDS);
      System.out.printf(
          "%d items in %d ms after the first loss%n",
          ITEMS, (System.nanoTime() - begun) / 1_000_000);
      Pids.signal("CONT", stopped.pid());
      assertThat(added.isAlive()).isTrue();
    }
    Outcomes.assertOnePerItem(outcomes, ITEMS);
    assertThat(outcomes).allMatch(ClusterStormIT::isRight);
    Map<String, Long> count = new TreeMap<>();
    outcomes.forEach(
        o ->
            count.merge(
                o instanceof Outcome.Aborted<?, ?> a
                    ? String.valueOf(a.death().cause())
                    : o.getClass().getSimpleName(),
                1L,
                Long::sum));
    System.out.println(count);
    assertThat(count.getOrDefault("NODE_LOST", 0L)).isBetween(1L, ITEMS / 10L);
    List<String> starts = new ArrayList<>();
    try (var files = Files.list(notes.directory().toPath())) {
      for (Path file : files.toList()) {
        starts.addAll(Files.readAllLines(file));
      }
    }
    assertThat(starts).doesNotHaveDuplicates();
    long[] pids =
        outcomes.stream()
            .mapToLong(o -> ChildId.process(o.pid()))
            .distinct()
            .filter(p -> p > 0)
            .toArray();
    jvms.forEach(ParentJvm::close);
    Pids.awaitGone(pids);
  }
}
