package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.Death.Cause;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an outcome tells of the death of its child. */
@ExtendWith(NothingLeft.class)
@EnabledOnOs(OS.LINUX)
class EvidenceIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int SERVED = 3;

  @TempDir Path tmp;
  @TempDir Path reports;

  /** What the item does, and what signal comes from outside, if any. */
  interface Deed extends Serializable {
    void act(Notes notes) throws Exception;
  }

  record Ending(
      String name,
      Deed deed,
      Optional<String> sent,
      int exitCode,
      Optional<String> signal,
      Cause cause,
      String crash) {
    static Ending of(String name, Deed deed, int exitCode, Cause cause) {
      return new Ending(name, deed, Optional.empty(), exitCode, Optional.empty(), cause, "");
    }

    static Ending sent(String sent, int exitCode, String signal, Cause cause, String crash) {
      Deed wait = Misbehaving.SLEEPS::act;
      return new Ending(
          "kill -" + sent, wait, Optional.of(sent), exitCode, Optional.of(signal), cause, crash);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Ending> endings() {
    return Stream.of(
        Ending.of("exit(3)", notes -> System.exit(3), 3, Cause.EXIT),
        Ending.of("halt(137)", Misbehaving.HALTS::act, 137, Cause.EXIT),
        Ending.of("full heap", Misbehaving.EATS_THE_HEAP::act, 3, Cause.OUT_OF_MEMORY),
        new Ending(
            "crash",
            Misbehaving.CRASHES_NATIVELY::act,
            Optional.empty(),
            134,
            Optional.of("SIGABRT"),
            Cause.NATIVE_CRASH,
            "SIGSEGV \\(0xb\\) at pc=0x[0-9a-f]+\nV  \\[libjvm\\.so\\+0x[0-9a-f]+].*"),
        Ending.sent(
            "SEGV",
            134,
            "SIGABRT",
            Cause.NATIVE_CRASH,
            "SIGSEGV \\(0xb\\) at pc=0x[0-9a-f]+.*\n[CVJjv]  .*"),
        Ending.sent("KILL", 137, "SIGKILL", Cause.SIGNAL, ""),
        Ending.sent("TERM", 143, "SIGTERM", Cause.SIGNAL, ""));
  }

  private ProcessScheduler.Builder oneChild() {
    return Shapes.builder(1, 1).heap("64m").crashReports(reports);
  }

  /** The last of four items; those before it are served. */
  private Outcome<Integer, Object> outcomeOf(ProcessScheduler on, Deed deed, Notes notes) {
    Work<Integer, Object> work =
        item -> {
          if (item == SERVED) {
            deed.act(notes);
          }
          return 3 * item;
        };
    long pid = 0;
    for (int item = 0; item < SERVED; item++) {
      Outcome<Integer, Object> outcome = on.submit(work, item).block(LONG);
      assertThat(outcome).isInstanceOf(Outcome.Success.class);
      pid = outcome.pid();
    }
    Outcome<Integer, Object> last = on.submit(work, SERVED).block(LONG);
    assertThat(last.pid()).isEqualTo(pid);
    return last;
  }

  @ParameterizedTest
  @MethodSource("endings")
  void aDeathSaysAllThatIsKnown(Ending ending) throws Exception {
    Notes notes = Notes.in(tmp);
    CompletableFuture<Void> sender =
        ending
            .sent()
            .map(s -> CompletableFuture.runAsync(() -> Pids.signal(s, notes.awaitPid("child"))))
            .orElseGet(() -> CompletableFuture.completedFuture(null));
    long before = System.nanoTime();
    try (ProcessScheduler on = oneChild().build()) {
      Outcome<Integer, Object> outcome = outcomeOf(on, ending.deed(), notes);
      sender.join();
      Death death = Outcomes.aborted(outcome).death();
      assertThat(death.exitCode()).as("%s", death).isEqualTo(ending.exitCode());
      assertThat(death.signal()).isEqualTo(ending.signal());
      assertThat(death.cause()).isEqualTo(ending.cause());
      assertThat(death.crash()).matches(ending.crash());
      assertThat(death.served()).isEqualTo(SERVED);
      Duration since = Duration.ofNanos(System.nanoTime() - before);
      assertThat(death.age()).isBetween(Duration.ofMillis(10), since);
      assertThat(death.peakMemory()).isBetween(1L << 16, 1L << 30);
      assertThat(outcome.toString()).doesNotContainPattern("\\R").contains(ending.cause().name());
      assertReport(outcome.pid(), death);
    }
  }

  private void assertReport(long pid, Death death) throws Exception {
    if (death.crash().isEmpty()) {
      assertThat(death.crashReport()).isEmpty();
      assertThat(reports).isEmptyDirectory();
    } else {
      Path report = reports.resolve("hs_err_pid" + pid + ".log");
      assertThat(death.crashReport()).contains(report);
      assertThat(Files.readString(report)).contains(death.crash().lines().toList());
      assertThat(death.stderrTail()).doesNotContain("Problematic frame");
    }
  }

  @Test
  void anOverflowOfTheStackIsNoDeath() {
    try (ProcessScheduler on = oneChild().build()) {
      Outcome<Integer, Object> outcome = outcomeOf(on, Misbehaving.RECURSES::act, Notes.in(tmp));
      assertThat(Outcomes.failure(outcome).error().type())
          .isEqualTo("java.lang.StackOverflowError");
      assertThat(outcome.toString()).doesNotContainPattern("\\R");
    }
  }

  private static final int MUCH = 200 << 20;

  /** Filled in pieces, so that the memory is resident. */
  static List<byte[]> touchMuch() {
    List<byte[]> touched = new ArrayList<>();
    for (int i = 0; i < 210; i++) {
      byte[] piece = new byte[1 << 20];
      java.util.Arrays.fill(piece, (byte) 1);
      touched.add(piece);
    }
    return touched;
  }

  @Test
  void theMemoryAnItemTouchedIsInItsDeath() {
    try (ProcessScheduler on = oneChild().heap("500m").build()) {
      Deed deed =
          notes -> {
            List<byte[]> touched = touchMuch();
            Misbehaving.CRASHES_NATIVELY.act(notes);
            throw new AssertionError(touched.size());
          };
      Outcome<Integer, Object> outcome = outcomeOf(on, deed, Notes.in(tmp));
      assertThat(Outcomes.aborted(outcome).death().peakMemory()).isBetween((long) MUCH, 1L << 30);
    }
  }

  @Test
  void whatIsKilledByUsIsLookedAtBefore() {
    Collection<Event> events = new ConcurrentLinkedQueue<>();
    try (ProcessScheduler on = oneChild().heap("500m").maxMemoryPerChild(MUCH).build()) {
      on.events().subscribe(events::add);
      Deed deed =
          notes -> {
            List<byte[]> touched = touchMuch();
            Misbehaving.SLEEPS.act(notes);
            throw new AssertionError(touched.size());
          };
      Outcome<Integer, Object> outcome = outcomeOf(on, deed, Notes.in(tmp));
      Death death = Outcomes.aborted(outcome).death();
      assertThat(death.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
      assertThat(death.peakMemory()).isBetween((long) MUCH, 1L << 30);
      on.disposeGracefully(LONG).block(LONG);
      await() // it is told on another thread
          .untilAsserted(
              () ->
                  assertThat(events)
                      .filteredOn(e -> e instanceof Event.Exit exit && exit.pid() == outcome.pid())
                      .singleElement()
                      .satisfies(
                          e ->
                              assertThat(((Event.Exit) e).death().peakMemory())
                                  .isEqualTo(death.peakMemory())));
    }
  }

  @Test
  void eachChildWorksInADirectoryThatGoesWithIt() {
    Work<Integer, Object> work =
        item -> {
          Path file = Files.createTempFile("item", "");
          if (!Path.of("").toAbsolutePath().equals(file.toAbsolutePath().getParent())) {
            throw new IllegalStateException(file + " is not in the child's directory");
          }
          if (item == 1) {
            Runtime.getRuntime().halt(1);
          }
          return file.getParent().toString();
        };
    try (ProcessScheduler on = Shapes.builder(1, 1).scratchDirectory(true).build()) {
      String directory = (String) on.submit(work, 0).block(LONG).orElseThrow();
      assertThat(Path.of(directory)).isNotEmptyDirectory();
      Outcome<Integer, Object> outcome = on.submit(work, 1).block(LONG);
      assertThat(Outcomes.aborted(outcome).death().exitCode()).isEqualTo(1);
      assertThat(Path.of(directory)).doesNotExist();
    }
  }

  @Test
  void aChildHasOnlyTheVariablesThatWereNamed() {
    Work<Integer, Object> work =
        item -> String.join(" ", new java.util.TreeSet<>(System.getenv().keySet()));
    try (ProcessScheduler on = Shapes.builder(1, 1).inheritEnvironment("PATH").build()) {
      assertThat(on.submit(work, 0).block(LONG).orElseThrow()).isEqualTo("DELEGATE_CHILD PATH");
    }
  }
}
