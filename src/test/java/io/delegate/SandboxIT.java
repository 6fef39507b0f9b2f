package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Launchers that take rights away. */
@ExtendWith(NothingLeft.class)
@EnabledOnOs(OS.LINUX)
class SandboxIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  private static boolean works(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static ProcessScheduler behind(String... words) throws Exception {
    List<String> probe = new ArrayList<>(List.of(words));
    probe.add("true");
    assumeTrue(works(probe.toArray(String[]::new)), words[0] + " is not to be had");
    return Shapes.builder(7, 1)
        .launcher(command -> Stream.concat(Stream.of(words), command.stream()).toList())
        .build();
  }

  private static <R extends Serializable> R get(ProcessScheduler on, Task<R> task) {
    return on.<Integer, R>submit(x -> task.call(), 1).block(LONG).orElseThrow();
  }

  // ---- prlimit, nice

  @Test
  void fewerDescriptors() throws Exception {
    try (ProcessScheduler on = behind("prlimit", "--nofile=150")) {
      Work<Integer, Integer> hoard =
          x -> {
            List<ServerSocket> held = new ArrayList<>();
            try {
              while (true) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
              }
            } finally {
              for (ServerSocket socket : held) {
                socket.close();
              }
            }
          };
      Outcome<Integer, Integer> outcome = on.submit(hoard, 1).block(LONG);
      assertThat(Outcomes.failure(outcome).error().message()).contains("Too many open files");
    }
  }

  @Test
  void aLimitOfTheProcessor() throws Exception {
    try (ProcessScheduler on = behind("prlimit", "--cpu=4:9")) {
      Notes notes = Notes.in(tmp);
      Outcome<Integer, Object> outcome =
          on.submit(Misbehaving.SPINS_IN_A_COUNTED_LOOP.at(1, notes), 1).block(LONG);
      Death death = Outcomes.aborted(outcome).death();
      assertThat(death.cause()).as("%s", death).isEqualTo(Death.Cause.SIGNAL);
      assertThat(death.signal()).contains("SIGXCPU");
    }
  }

  @Test
  void aLimitOfMemory() throws Exception {
    // more than the JVM needs to come up, less than an item wants outside of the heap
    try (ProcessScheduler on = behind("prlimit", "--as=6000000000")) {
      Work<Integer, Integer> greedy =
          x -> {
            List<Object> held = new ArrayList<>();
            Path file = Files.createTempFile("greedy", "");
            try (var channel =
                java.nio.channels.FileChannel.open(
                    file,
                    java.nio.file.StandardOpenOption.READ,
                    java.nio.file.StandardOpenOption.WRITE,
                    java.nio.file.StandardOpenOption.DELETE_ON_CLOSE)) {
              while (held.size() < 1000) {
                held.add(
                    channel.map(java.nio.channels.FileChannel.MapMode.READ_WRITE, 0, 1L << 30));
              }
            }
            return held.size();
          };
      Outcome<Integer, Integer> outcome = on.submit(greedy, 1).block(LONG);
      assertThat(outcome.isSuccess()).as("%s", outcome).isFalse();
      assertThat(get(on, () -> 7)).isEqualTo(7);
    }
  }

  @Test
  void aNicerChild() throws Exception {
    try (ProcessScheduler on = behind("nice", "-n", "7")) {
      String stat = get(on, () -> Files.readString(Path.of("/proc/self/stat")));
      assertThat(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]).isEqualTo("7");
    }
  }

  // ---- bwrap

  @Nested
  class InBubblewrap {
    @BeforeAll
    static void bwrapWorks() throws Exception {
      assumeTrue(
          works("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"),
          "no bwrap, or no namespaces for this user");
    }

    private ProcessScheduler.Builder builder() {
      return Shapes.builder(7, 1).launcher(Sandbox.bwrap());
    }

    @Test
    void itWorksAsEver() {
      try (ProcessScheduler on = builder().build()) {
        List<Outcome<Integer, Object>> outcomes =
            Flux.range(0, 100)
                .transform(Delegate.<Integer, Object>parallel(x -> 3 * x, on))
                .collectList()
                .block(LONG);
        Outcomes.assertOnePerItem(outcomes, 100);
        Outcomes.assertTripled(outcomes);
      }
    }

    @Test
    void nothingOutsideCanBeChanged() throws Exception {
      Path precious = Files.writeString(Path.of("target", "precious").toAbsolutePath(), "kept");
      String file = precious.toString();
      try (ProcessScheduler on = builder().build()) {
        // below a directory that is hidden it would only be the child's own that it changes
        get(on, () -> attempt(() -> Files.delete(Path.of(file))));
        get(on, () -> attempt(() -> Files.writeString(Path.of(file), "lost")));
        assertThat(get(on, () -> attempt(() -> Files.writeString(Path.of("/etc/mine"), "x"))))
            .contains("Exception");
        // what it writes to its own /tmp is nowhere else
        assertThat(get(on, () -> attempt(() -> Files.writeString(Path.of("/tmp/mine"), "x"))))
            .isEqualTo("done");
        assertThat(Path.of("/tmp/mine")).doesNotExist();
      }
      assertThat(precious).hasContent("kept");
      assertThat(Path.of("/etc/mine")).doesNotExist();
      Files.delete(precious);
    }

    /** Else it could bring code into the children of other schedulers, which have no sandbox. */
    @Test
    void norWhatOtherChildrenAreStartedFrom() {
      try (ProcessScheduler on = builder().build()) {
        String jar =
            get(
                on,
                () ->
                    Stream.of(Files.readString(Path.of("/proc/self/cmdline")).split("\0"))
                        .filter(word -> word.endsWith(".jar") && word.contains("/delegate-"))
                        .findFirst()
                        .orElseThrow());
        assertThat(get(on, () -> attempt(() -> Files.writeString(Path.of(jar), "mine"))))
            .contains("Read-only file system");
        assertThat(get(on, () -> attempt(() -> Files.delete(Path.of(jar)))))
            .contains("Read-only file system");
        assertThat(
                get(
                    on,
                    () ->
                        attempt(
                            () -> Files.createFile(Path.of(jar).resolveSibling("another.jar")))))
            .contains("Read-only file system");
      }
    }

    @Test
    void thereIsNoNetwork() throws Exception {
      try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
          ProcessScheduler on = builder().build();
          ProcessScheduler open =
              Shapes.builder(7, 1).launcher(Sandbox.bwrap().network()).build()) {
        int port = server.getLocalPort();
        assertThat(get(on, () -> attempt(() -> connect(port)))).contains("Exception");
        assertThat(get(open, () -> attempt(() -> connect(port)))).isEqualTo("done");
      }
    }

    private static void connect(int port) throws IOException {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
    }

    @Test
    void itSeesNoProcessesButItsOwn() {
      long parent = ProcessHandle.current().pid();
      try (ProcessScheduler on = builder().build()) {
        long seen = get(on, () -> ProcessHandle.allProcesses().count());
        assertThat(seen).isBetween(1L, 5L);
        assertThat(get(on, () -> Files.exists(Path.of("/proc/" + parent + "/environ")))).isFalse();
      }
    }

    @Test
    void whatIsHiddenIsNotThere() throws Exception {
      Path secrets = Files.createDirectories(Path.of("target", "secrets").toAbsolutePath());
      Files.writeString(secrets.resolve("key"), "secret");
      Path shown = Files.writeString(secrets.resolve("shown"), "public");
      String key = secrets.resolve("key").toString();
      String open = shown.toString();
      try (ProcessScheduler on =
          Shapes.builder(7, 1)
              .launcher(Sandbox.bwrap().hide(secrets).readable(shown).writable(tmp))
              .build()) {
        assertThat(get(on, () -> Files.exists(Path.of(key)))).isFalse();
        assertThat(get(on, () -> Files.readString(Path.of(open)))).isEqualTo("public");
        String note = tmp.resolve("note").toString();
        get(on, () -> Files.writeString(Path.of(note), "said").toString());
        assertThat(tmp.resolve("note")).hasContent("said");
      }
    }

    /** The thread that started it is gone after a second, which must not be its end. */
    @Test
    void itOutlivesTheThreadThatStartedIt() throws Exception {
      try (ProcessScheduler on = builder().build()) {
        Outcome<Integer, Object> first = on.<Integer, Object>submit(x -> x, 1).block(LONG);
        org.awaitility.Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () ->
                    Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("delegate-starter")));
        Outcome<Integer, Object> second = on.<Integer, Object>submit(x -> x, 2).block(LONG);
        assertThat(second.pid()).isEqualTo(first.pid());
      }
    }

    @Test
    void aTimeoutKillsAllInItAndHasItsThreadDump() {
      Notes notes = Notes.in(tmp);
      try (ProcessScheduler on =
          Shapes.builder(7, 1)
              .launcher(Sandbox.bwrap().writable(tmp))
              .timeout(Duration.ofSeconds(3))
              .build()) {
        Work<Integer, Object> work =
            x -> {
              new ProcessBuilder("env", "-i", "setsid", "sleep", "301").start();
              notes.say("started", "");
              return Misbehaving.SLEEPS.act(notes);
            };
        String dump = "";
        for (int i = 0; i < 6 && !dump.contains("sleepForEver"); i++) { // none if all is slow
          Outcome<Integer, Object> outcome = on.submit(work, 1).block(LONG);
          assertThat(outcome).isInstanceOf(Outcome.TimedOut.class);
          dump = ((Outcome.TimedOut<?, ?>) outcome).threadDump();
          assertThat(notes.said("started")).isTrue();
          assertThat(sleepers()).isEmpty();
        }
        assertThat(dump).contains("sleepForEver");
      }
    }

    private static List<ProcessHandle> sleepers() {
      return ProcessHandle.allProcesses()
          .filter(p -> List.of(p.info().arguments().orElse(new String[0])).equals(List.of("301")))
          .filter(p -> Pids.runs(p.pid()))
          .toList();
    }

    @Test
    void theEvidenceOfACrashComesOut() {
      Notes notes = Notes.in(tmp);
      try (ProcessScheduler on = builder().heap("64m").build()) {
        Death crash =
            Outcomes.aborted(on.submit(Misbehaving.CRASHES_NATIVELY.at(1, notes), 1).block(LONG))
                .death();
        assertThat(crash.cause()).as("%s", crash).isEqualTo(Death.Cause.NATIVE_CRASH);
        Death full =
            Outcomes.aborted(on.submit(Misbehaving.EATS_THE_HEAP.at(1, notes), 1).block(LONG))
                .death();
        assertThat(full.cause()).as("%s", full).isEqualTo(Death.Cause.OUT_OF_MEMORY);
        Death exit =
            Outcomes.aborted(on.submit(Misbehaving.EXITS.at(1, notes), 1).block(LONG)).death();
        assertThat(exit.exitCode()).isEqualTo(7);
      }
    }

    /** A parent that is killed takes the sandbox with it. */
    @Test
    void itEndsWithItsParent() throws Exception {
      Path directories = Files.createDirectories(tmp.resolve("d"));
      try (ParentJvm parent = ParentJvm.start(directories, List.of(), Program.class)) {
        long bwrap = Long.parseLong(parent.heard("child"));
        List<ProcessHandle> family =
            ProcessHandle.of(bwrap).stream().flatMap(ProcessHandle::descendants).toList();
        assertThat(family).isNotEmpty();
        Pids.signal("KILL", parent.pid());
        parent.status();
        Pids.awaitGone(bwrap);
        Pids.awaitGone(family.stream().mapToLong(ProcessHandle::pid).toArray());
      }
    }
  }

  static final class Program {
    private Program() {}

    public static void main(String[] args) throws Exception {
      ProcessScheduler on =
          ProcessScheduler.builder().children(1).launcher(Sandbox.bwrap()).build();
      Work<Integer, Integer> work = x -> x;
      System.out.println("child " + on.submit(work, 1).block(LONG).pid());
      System.in.read();
    }
  }

  private interface Attempt {
    void make() throws Exception;
  }

  /** In the child: what came of it, as a text. */
  private static String attempt(Attempt attempt) {
    try {
      attempt.make();
      return "done";
    } catch (Exception e) {
      return e.toString();
    }
  }
}
