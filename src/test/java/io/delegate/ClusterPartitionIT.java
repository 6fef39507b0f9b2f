package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.cluster.Cluster;
import io.delegate.cluster.ClusterNode;
import io.delegate.cluster.ClusterScheduler;
import io.delegate.cluster.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/**
 * A network that is cut and heals, of network namespaces of this test's own: where the user may
 * make some.
 */
@ExtendWith(NothingLeft.class)
@EnabledIf("namespacesCanBeMade")
class ClusterPartitionIT {
  private static final Duration LONG = Duration.ofSeconds(100);

  /** How long the network is cut; longer than it takes to be seen. */
  private static final Duration CUT = Duration.parse(System.getProperty("delegate.cut", "PT12S"));

  private static final String NAME = "dlg" + ProcessHandle.current().pid();
  private static final String NET = "10.77.7.";

  @TempDir Path tmp;
  private final List<ParentJvm> jvms = new ArrayList<>();

  private static int ip(String... args) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(args));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static boolean namespacesCanBeMade() {
    boolean made =
        ip("netns", "add", NAME) == 0
            && ip("-n", NAME, "link", "add", "b0", "type", "bridge") == 0
            && ip("-n", NAME, "link", "add", "v0", "type", "veth", "peer", "name", "v1") == 0;
    ip("netns", "del", NAME);
    return made;
  }

  private static void must(String... args) {
    assertThat(ip(args)).as("ip %s", List.of(args)).isZero();
  }

  /** All on one switch, whose ports are named for who is there. */
  private static void makeNetwork(int... members) {
    must("netns", "add", NAME);
    must("-n", NAME, "link", "add", "b0", "type", "bridge");
    must("-n", NAME, "link", "set", "b0", "up");
    for (int member : members) {
      String namespace = NAME + "-" + member;
      must("netns", "add", namespace);
      must("-n", namespace, "link", "set", "lo", "up");
      String port = "p" + member;
      must(
          "-n", namespace, "link", "add", "e0", "type", "veth", "peer", "name", port, "netns",
          NAME);
      must("-n", namespace, "addr", "add", NET + member + "/24", "dev", "e0");
      must("-n", namespace, "link", "set", "e0", "up");
      must("-n", NAME, "link", "set", port, "master", "b0", "up");
    }
  }

  private static void plug(int member, boolean in) {
    must("-n", NAME, "link", "set", "p" + member, in ? "up" : "down");
  }

  static Cluster cluster(String engine, int member) {
    return Engines.valueOf(engine)
        .cluster(NET + member, 7800, Duration.ofMillis(300), NET + 1 + ":7800", NET + 2 + ":7800");
  }

  /** A node in its namespace: its number, and the engine. */
  static final class Node {
    private Node() {}

    public static void main(String[] args) throws Exception {
      int member = Integer.parseInt(args[0]);
      try (ClusterNode node =
          ClusterNode.start(
              cluster(args[1], member),
              ProcessScheduler.builder().name("n" + member).children(2).heap("64m"))) {
        System.out.println("ready");
        int unused = System.in.read();
      }
      Engines.valueOf(args[1]).close();
    }
  }

  /** A parent in its namespace: its number, the engine, a directory for notes, how many items. */
  static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws Exception {
      Notes notes = Notes.in(Path.of(args[2]));
      int items = Integer.parseInt(args[3]);
      Work<Integer, Integer> work =
          x -> {
            notes.append("starts" + ProcessHandle.current().pid(), x);
            Thread.sleep(20);
            return 3 * x;
          };
      AtomicInteger done = new AtomicInteger();
      try (ClusterScheduler on =
          ClusterScheduler.create(
              cluster(args[1], Integer.parseInt(args[0])),
              ProcessScheduler.builder().name("parent"))) {
        on.awaitChildren(4).block(LONG);
        List<Outcome<Integer, Integer>> outcomes =
            Flux.range(0, items)
                .transform(Delegate.<Integer, Integer>parallel(work, on))
                .doOnNext(
                    o -> {
                      if (done.incrementAndGet() == 100) {
                        System.out.println("begun");
                      }
                    })
                .collectList()
                .block(LONG);
        Outcomes.assertOnePerItem(outcomes, items);
        long right =
            outcomes.stream()
                .filter(o -> o.toOptional().equals(java.util.Optional.of(3 * o.item())))
                .count();
        long lost =
            outcomes.stream()
                .filter(
                    o ->
                        o instanceof Outcome.Aborted<?, ?> a
                            && a.death().cause() == Death.Cause.NODE_LOST)
                .count();
        System.out.println("right " + right);
        System.out.println("lost " + lost);
      }
      Engines.valueOf(args[1]).close();
    }
  }

  private ParentJvm start(int member, Class<?> main, Object... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                NAME + "-" + member,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Djava.io.tmpdir=" + Files.createDirectories(tmp.resolve("t" + member)),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                Integer.toString(member)));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    ParentJvm jvm = ParentJvm.start(command);
    jvms.add(jvm);
    return jvm;
  }

  @AfterEach
  void end() {
    jvms.forEach(ParentJvm::close);
    for (int member = 1; member <= 3; member++) {
      ip("netns", "del", NAME + "-" + member);
    }
    ip("netns", "del", NAME);
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(180)
  void whatIsCutOffIsLostAndComesBack(Engines engine) throws Exception {
    makeNetwork(1, 2, 3);
    ParentJvm one = start(1, Node.class, engine);
    one.heard("ready");
    ParentJvm two = start(2, Node.class, engine);
    two.heard("ready");
    Path notes = Files.createDirectory(tmp.resolve("notes"));
    int items = 2_000 + (int) (2 * CUT.toMillis() / 10);
    ParentJvm parent = start(3, Parent.class, engine, notes, items);
    parent.heard("begun");
    long cutAt = System.nanoTime();
    plug(1, false);
    await()
        .atMost(LONG)
        .until(() -> one.handle().descendants().noneMatch(child -> Pids.runs(child.pid())));
    System.out.printf(
        "what ran beyond the cut was dead after %d ms%n", (System.nanoTime() - cutAt) / 1_000_000);
    await().atMost(LONG).until(() -> System.nanoTime() - cutAt > CUT.toNanos());
    plug(1, true);
    await()
        .atMost(LONG)
        .until(() -> one.handle().descendants().anyMatch(child -> Pids.runs(child.pid())));
    int right = Integer.parseInt(parent.heard("right"));
    int lost = Integer.parseInt(parent.heard("lost"));
    System.out.printf("%d items, %d right, %d lost%n", items, right, lost);
    assertThat(right + lost).isEqualTo(items);
    assertThat(lost).isBetween(1, 20);
    assertThat(parent.status()).isZero();
    List<String> starts = new ArrayList<>();
    try (var files = Files.list(notes)) {
      for (Path file : files.toList()) {
        starts.addAll(Files.readAllLines(file));
      }
    }
    assertThat(starts).doesNotHaveDuplicates();
  }
}
