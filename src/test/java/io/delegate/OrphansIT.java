package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parents in need: without memory, descriptors, room on the disk or the processor. */
@ExtendWith(NothingLeft.class)
@EnabledOnOs(OS.LINUX)
class OrphansIT {
  private static final Duration LONG = Duration.ofSeconds(45);
  @TempDir Path tmp;

  private ParentJvm start(List<String> flags, Class<?> main, Object... args) throws IOException {
    return ParentJvm.start(Files.createDirectories(tmp.resolve("d")), flags, main, args);
  }

  private List<Path> directories() {
    return NothingLeft.directories(tmp.resolve("d"), "delegate-");
  }

  // ---- memory

  /** Has one child that runs, and then no memory. */
  static final class Hungry {
    private Hungry() {}

    public static void main(String[] args) {
      Notes notes = Notes.in(Path.of(args[0]));
      ProcessScheduler on = ProcessScheduler.create(1);
      on.submit(Misbehaving.STARTS_A_CHILD.at(1, notes), 1).subscribe();
      notes.awaitPid("child");
      System.out.println("eating");
      List<long[]> all = new ArrayList<>();
      while (true) {
        all.add(new long[1 << 16]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+ExitOnOutOfMemoryError", "-XX:-ExitOnOutOfMemoryError"})
  void theFamilyOfAParentWithoutMemoryGoesWithIt(String flag) throws Exception {
    Notes notes = Notes.in(tmp);
    try (ParentJvm parent = start(List.of("-Xmx96m", flag), Hungry.class, tmp)) {
      parent.heard("eating");
      assertThat(parent.status()).as("%s", parent).isNotZero();
      Pids.awaitGone(notes.awaitPid("child"), notes.awaitPid("grandchild"));
    }
  }

  // ---- no trace

  /** One item leaves a daemon that nothing leads to but its control group; then it sleeps. */
  static final class Untraceable {
    private Untraceable() {}

    public static void main(String[] args) throws Exception {
      Notes notes = Notes.in(Path.of(args[0]));
      Work<Integer, Object> work =
          x -> {
            new ProcessBuilder(
                    "env",
                    "-i",
                    "setsid",
                    "sh",
                    "-c",
                    "(sleep 300 & echo $! > draft; mv draft grandchild) &")
                .directory(notes.directory())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
            notes.waitFor("grandchild");
            notes.say("cgroup", Files.readString(Path.of("/proc/self/cgroup")).strip());
            return Misbehaving.SLEEPS.act(notes);
          };
      ProcessScheduler.create(1).submit(work, 1).subscribe();
      System.in.read();
      System.exit(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "TERM", "exit"})
  void aDaemonWithoutATraceGoesWithItsParent(String end) throws Exception {
    Notes notes = Notes.in(tmp);
    try (ParentJvm parent = start(List.of(), Untraceable.class, tmp)) {
      long daemon = notes.awaitPid("grandchild");
      long child = notes.awaitPid("child");
      if (!notes.heard("cgroup").contains("/delegate-" + parent.pid() + "-")) {
        Pids.signal("KILL", daemon);
        assumeTrue(false, "no control group can be made here");
      }
      if (end.equals("exit")) {
        parent.tell("");
      } else {
        Pids.signal(end, parent.pid());
      }
      parent.status();
      Pids.awaitGone(child, daemon);
    }
  }

  // ---- descriptors

  /** Prints what becomes of items with descriptors and without. */
  static final class Full {
    private Full() {}

    @SuppressWarnings("StreamResourceLeak")
    public static void main(String[] args) throws Exception {
      Work<Integer, Integer> work = x -> 3 * x;
      try (ProcessScheduler on = Shapes.builder(7, 1).build();
          ProcessScheduler other = Shapes.builder(7, 1).build()) {
        System.out.println("before " + on.submit(work, 1).block(LONG).orElseThrow());
        System.out.println("loaded " + new DelegateException.StartFailed("x").getMessage());
        new ProcessBuilder("prlimit", "--pid", "" + ProcessHandle.current().pid(), "--nofile=300")
            .inheritIO()
            .start()
            .waitFor();
        List<FileInputStream> held = new ArrayList<>();
        try {
          while (true) {
            held.add(new FileInputStream("/dev/null"));
          }
        } catch (IOException e) {
          System.out.println("full " + e.getMessage());
        }
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
          held.remove(held.size() - 1).close();
        }
        System.out.println("running " + on.submit(work, 2).block(LONG).orElseThrow());
        try {
          System.out.println("new " + other.submit(work, 3).block(LONG));
        } catch (DelegateException e) {
          System.out.println("failed " + e.toString().replace('\n', ' '));
        }
        for (FileInputStream file : held) {
          file.close();
        }
        System.out.println("after " + other.submit(work, 4).block(LONG).orElseThrow());
      }
    }
  }

  @ParameterizedTest(name = "{0} left")
  @ValueSource(ints = {0, 1, 3})
  void aParentWithoutDescriptorsSaysSoAndRecovers(int left) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "no prlimit");
    try (ParentJvm parent = start(List.of(), Full.class, left)) {
      assertThat(parent.heard("before")).isEqualTo("3");
      assertThat(parent.heard("full")).contains("Too many open files");
      assertThat(parent.heard("running")).isEqualTo("6");
      assertThat(parent.heard("failed")).as("%s", parent).contains("Too many open files");
      assertThat(parent.heard("after")).isEqualTo("12");
      assertThat(parent.status()).as("%s", parent).isZero();
    }
    assertThat(directories()).isEmpty();
  }

  /** A child that cannot open anything must not take itself for an orphan. */
  @Test
  void aChildWithoutDescriptorsServesOn() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "no prlimit");
    Work<Integer, String> work =
        x -> {
          String self = "" + ProcessHandle.current().pid();
          new ProcessBuilder("prlimit", "--pid", self, "--nofile=300").start().waitFor();
          List<FileInputStream> held = new ArrayList<>();
          try {
            while (true) {
              held.add(new FileInputStream("/dev/null"));
            }
          } catch (IOException e) {
            Thread.sleep(1_000); // it looks for its parent some times
            return e.getMessage();
          } finally {
            for (FileInputStream file : held) {
              file.close();
            }
          }
        };
    try (ProcessScheduler on = Shapes.builder(1, 1).build()) {
      Outcome<Integer, String> first = on.submit(work, 1).block(LONG);
      assertThat(first.orElseThrow()).contains("Too many open files");
      assertThat(on.submit(work, 2).block(LONG).pid()).isEqualTo(first.pid());
    }
  }

  /** Its child takes all descriptors it may have, and keeps them. */
  static final class Greedy {
    private Greedy() {}

    public static void main(String[] args) throws Exception {
      Notes notes = Notes.in(Path.of(args[0]));
      boolean grandchild = Boolean.parseBoolean(args[1]);
      Work<Integer, Object> work =
          x -> {
            String self = "" + ProcessHandle.current().pid();
            if (grandchild) {
              notes.say("grandchild", new ProcessBuilder("sleep", "300").start().pid());
            }
            new ProcessBuilder("prlimit", "--pid", self, "--nofile=300").start().waitFor();
            notes.sayPid("child"); // the last that it can say
            List<FileInputStream> held = new ArrayList<>();
            try {
              while (true) {
                held.add(new FileInputStream("/dev/null"));
              }
            } catch (IOException e) {
              System.out.println("full");
              Thread.sleep(300_000);
            }
            return held;
          };
      ProcessScheduler on = Shapes.builder(1, 1).output(Output.INHERIT).build();
      on.submit(work, 1).subscribe();
      System.in.read();
    }
  }

  @ParameterizedTest(name = "with a grandchild: {0}")
  @ValueSource(booleans = {false, true})
  void aChildWithoutDescriptorsGoesWithItsParent(boolean grandchild) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "no prlimit");
    Notes notes = Notes.in(tmp);
    try (ParentJvm parent = start(List.of(), Greedy.class, tmp, grandchild)) {
      parent.heard("full");
      long child = notes.awaitPid("child");
      Pids.signal("KILL", parent.pid());
      parent.status();
      Pids.awaitGone(child);
      if (grandchild) {
        Pids.awaitGone(notes.awaitPid("grandchild"));
      }
    }
  }

  // ---- disk

  /** Prints what becomes of items with room on the disk and without. */
  static final class Crowded {
    private Crowded() {}

    public static void main(String[] args) throws Exception {
      Work<Integer, Integer> work = x -> 3 * x;
      Path filler = Path.of(System.getProperty("java.io.tmpdir"), "filler");
      try (ProcessScheduler on = Shapes.builder(7, 1).build();
          ProcessScheduler other = Shapes.builder(7, 1).build()) {
        System.out.println("before " + on.submit(work, 1).block(LONG).orElseThrow());
        try (OutputStream out = Files.newOutputStream(filler)) {
          while (true) {
            out.write(new byte[512]);
          }
        } catch (IOException e) {
          System.out.println("full " + e.getMessage());
        }
        System.out.println("running " + on.submit(work, 2).block(LONG).orElseThrow());
        try {
          System.out.println("new " + other.submit(work, 3).block(LONG));
        } catch (DelegateException e) {
          System.out.println("failed " + e.toString().replace('\n', ' '));
        }
        Files.delete(filler);
        System.out.println("after " + other.submit(work, 4).block(LONG).orElseThrow());
      }
    }
  }

  @Test
  void aParentWithAFullDiskSaysSoAndRecovers() throws Exception {
    Path disk = Files.createDirectories(tmp.resolve("d"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=2m", "delegate-test", disk.toString()),
        "no file system can be mounted here");
    try (ParentJvm parent = start(List.of(), Crowded.class)) {
      assertThat(parent.heard("before")).isEqualTo("3");
      assertThat(parent.heard("full")).contains("No space left");
      assertThat(parent.heard("running")).isEqualTo("6");
      assertThat(parent.heard("failed")).as("%s", parent).contains("No space left");
      assertThat(parent.heard("after")).isEqualTo("12");
      assertThat(parent.status()).as("%s", parent).isZero();
      assertThat(directories()).isEmpty();
    } finally {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  // ---- the processor

  /** Items that are quicker than their limit, but not than the stop of their parent. */
  static final class Paused {
    private Paused() {}

    public static void main(String[] args) {
      Work<Integer, Integer> work =
          x -> {
            Thread.sleep(x == 3 ? 1500 : 50);
            return 3 * x;
          };
      try (ProcessScheduler on = Shapes.builder(7, 2).timeout(Duration.ofSeconds(6)).build()) {
        on.spawn(2).block(LONG);
        System.out.println("ready");
        List<Outcome<Integer, Integer>> outcomes =
            reactor.core.publisher.Flux.range(0, 30)
                .transform(Delegate.<Integer, Integer>parallel(work, on))
                .collectList()
                .block(LONG);
        Outcomes.assertOnePerItem(outcomes, 30);
        Outcomes.assertTripled(outcomes);
        System.out.println("right " + outcomes.stream().map(Outcome::pid).distinct().count());
      }
    }
  }

  @Test
  void whatEndsInTimeWhileItsParentIsStoppedIsNotBlamed() throws Exception {
    try (ParentJvm parent = start(List.of(), Paused.class)) {
      parent.heard("ready");
      List<ProcessHandle> children = parent.handle().children().toList();
      assertThat(children).hasSize(2);
      Pids.signal("STOP", parent.pid());
      long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      await().atMost(LONG).until(() -> System.nanoTime() - until > 0);
      assertThat(children).allMatch(ProcessHandle::isAlive);
      Pids.signal("CONT", parent.pid());
      assertThat(parent.heard("right")).as("%s", parent).isIn("1", "2");
      assertThat(parent.status()).isZero();
    }
    assertThat(directories()).isEmpty();
  }
}
