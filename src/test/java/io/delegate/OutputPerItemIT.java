package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.codec.JdkCodec;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Each line that a child writes is known by the item that wrote it. */
@ExtendWith(NothingLeft.class)
class OutputPerItemIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final String MARK = "\u001e";
  @TempDir Path tmp;

  private static Object chatter(int x) {
    System.out.println("out " + x);
    System.err.println("err " + x);
    return 3 * x;
  }

  private static Object chatterAndDieAt(int deadly, int x) {
    chatter(x);
    if (x == deadly) {
      Runtime.getRuntime().halt(3);
    }
    return 3 * x;
  }

  /** Past {@code System.err}, as a native library does. */
  private static void sayNatively(FileDescriptor where, String line) throws IOException {
    @SuppressWarnings("resource") // its close would close the descriptor
    FileOutputStream stream = new FileOutputStream(where);
    stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String tail(Outcome<Integer, ?> outcome) {
    return Outcomes.aborted(outcome).death().stderrTail();
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void aDeathQuotesItsOwnItemOnly(int window) {
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(200, x -> chatterAndDieAt(130, x), Shapes.builder(window, 1));
    Outcomes.assertTripled(outcomes, 130);
    assertThat(tail(Outcomes.of(130, outcomes))).isEqualTo("err 130");
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void aDeathInSilenceQuotesNobody(int window) {
    Work<Integer, Object> work =
        x -> {
          if (x % 50 == 49) {
            Runtime.getRuntime().halt(3);
          }
          return chatter(x);
        };
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(200, work, Shapes.builder(window, 2));
    assertThat(outcomes)
        .filteredOn(o -> !o.isSuccess())
        .hasSize(4)
        .allSatisfy(o -> assertThat(tail(o)).isEmpty());
  }

  @Test
  void ofManyLinesOfOneItemTheLastAreQuotedThoughTheLogIsSlow() throws Exception {
    Work<Integer, Object> work =
        x -> {
          for (int i = 0; i < 300; i++) {
            System.err.println(x + " " + i);
          }
          if (x == 1) {
            Runtime.getRuntime().halt(3);
          }
          return x;
        };
    try (ChildLog log = new ChildLog(line -> sleep(10))) {
      List<Outcome<Integer, Object>> outcomes =
          Law3ExactBlameIT.run(2, work, Shapes.builder(7, 1).output(Output.LOG));
      String[] expected = IntStream.range(260, 300).mapToObj(i -> "1 " + i).toArray(String[]::new);
      assertThat(tail(Outcomes.of(1, outcomes)).lines()).containsExactly(expected);
    }
  }

  @Test
  void theLogTellsTheItemOfEveryLine() {
    try (ChildLog log = new ChildLog()) {
      List<Outcome<Integer, Object>> outcomes =
          Law3ExactBlameIT.run(
              2_000, OutputPerItemIT::chatter, Shapes.builder(256, 2).output(Output.LOG));
      Outcomes.assertTripled(outcomes);
      assertThat(log.lines()).hasSize(4_000);
      assertThat(log.lines())
          .allSatisfy(
              line -> {
                assertThat(line.text()).isEqualTo((line.isErr() ? "err " : "out ") + line.item());
                int item = Integer.parseInt(line.item());
                assertThat(line.pid()).isEqualTo(Long.toString(Outcomes.of(item, outcomes).pid()));
              });
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  @EnabledOnOs(OS.LINUX)
  void whatNativeCodeWritesIsToldToo(int window) {
    Work<Integer, Object> work =
        x -> {
          sayNatively(FileDescriptor.out, "native out " + x);
          sayNatively(FileDescriptor.err, "native err " + x);
          if (x % 3 == 0) {
            chatter(x);
          }
          Thread.sleep(5); // of faster ones not each start is marked
          sayNatively(FileDescriptor.err, "native end " + x);
          if (x == 20) {
            Runtime.getRuntime().halt(3);
          }
          return 3 * x;
        };
    try (ChildLog log = new ChildLog()) {
      List<Outcome<Integer, Object>> outcomes =
          Law3ExactBlameIT.run(21, work, Shapes.builder(window, 1).output(Output.LOG));
      Outcomes.assertTripled(outcomes, 20);
      assertThat(tail(Outcomes.of(20, outcomes))).isEqualTo("native err 20\nnative end 20");
      assertThat(log.lines()).hasSize(21 * 3 + 7 * 2);
      assertThat(log.lines())
          .allSatisfy(line -> assertThat(line.text()).endsWith(" " + line.item()));
    }
  }

  @Test
  void aLineWithoutEndIsThatOfItsItem() {
    Work<Integer, Object> work =
        x -> {
          System.out.print("out");
          System.out.print(" " + x);
          System.err.print("err " + x);
          if (x == 9) {
            Runtime.getRuntime().halt(3);
          }
          return x;
        };
    try (ChildLog log = new ChildLog()) {
      List<Outcome<Integer, Object>> outcomes =
          Law3ExactBlameIT.run(10, work, Shapes.builder(7, 1).output(Output.LOG));
      assertThat(tail(Outcomes.of(9, outcomes))).isEqualTo("err 9");
      assertThat(log.lines())
          .hasSize(20)
          .allSatisfy(
              line ->
                  assertThat(line.text())
                      .isEqualTo((line.isErr() ? "err " : "out ") + line.item()));
    }
  }

  /** As large as a page, but what it says of itself is short. */
  record Page(String name, byte[] content) implements Serializable {}

  @Test
  void itemsOfAllKindsHaveLabels() {
    Work<Object, Object> work =
        x -> {
          System.out.println("line");
          return "done";
        };
    List<Object> items =
        List.of(
            "a\nb",
            Path.of("/a/b.png"),
            TimeUnit.DAYS,
            List.of(1, 2),
            new Page("large", new byte[1 << 20]),
            "x".repeat(100_000));
    try (ChildLog log = new ChildLog();
        ProcessScheduler on =
            Shapes.builder(7, 1).output(Output.LOG).codec(new JdkCodec()).build()) {
      Flux.fromIterable(items).transform(Delegate.parallel(work, on)).collectList().block(LONG);
      await().atMost(LONG).until(() -> log.lines().count() == items.size());
      assertThat(log.lines().map(ChildLog.Line::item))
          .containsExactly("a b", "/a/b.png", "DAYS", "[1, 2]", "Page", "x".repeat(199) + "…");
    }
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void theJvmsLastWordsAreKeptAndThoseOfTheItemBeforeAreNot(int window) {
    Work<Integer, Object> work =
        x -> {
          if (x == 10) {
            Misbehaving.EATS_THE_HEAP.act(Notes.in(Path.of("unused")));
          }
          return chatter(x);
        };
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(20, work, Shapes.builder(window, 1).heap("32m"));
    Death death = Outcomes.aborted(Outcomes.of(10, outcomes)).death();
    assertThat(death.cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY);
    assertThat(death.stderrTail())
        .contains("Terminating due to java.lang.OutOfMemoryError")
        .doesNotContain("err ");
  }

  @Test
  void anItemTooLargeForTheHeapHasLastWordsToo() {
    Work<String, Object> work =
        x -> {
          System.err.println("err " + x.length());
          return x.length();
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).heap("24m").build()) {
      List<Outcome<String, Object>> outcomes =
          Flux.just("a", "b", "x".repeat(30 << 20), "c")
              .transform(Delegate.<String, Object>parallel(work, on))
              .collectList()
              .block(LONG);
      List<Outcome<String, Object>> dead = outcomes.stream().filter(o -> !o.isSuccess()).toList();
      assertThat(dead).hasSize(1);
      Death death = Outcomes.aborted(dead.get(0)).death();
      assertThat(death.cause()).isEqualTo(Death.Cause.OUT_OF_MEMORY);
      assertThat(death.stderrTail())
          .contains("Terminating due to java.lang.OutOfMemoryError")
          .doesNotContain("err ");
    }
  }

  private ProcessScheduler.Builder behind(int window, String... launcher) {
    UnaryOperator<List<String>> wrap =
        command -> {
          List<String> words = new ArrayList<>(Arrays.asList(launcher));
          words.addAll(command);
          return words;
        };
    return Shapes.builder(window, 1).output(Output.LOG).launcher(wrap);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void behindALauncherThatLeavesTheStreamsAloneMarksGoOn() {
    try (ChildLog log = new ChildLog()) {
      List<Outcome<Integer, Object>> outcomes =
          Law3ExactBlameIT.run(50, x -> chatterAndDieAt(49, x), behind(7, "nice", "-n", "1"));
      assertThat(tail(Outcomes.of(49, outcomes))).isEqualTo("err 49");
      assertThat(log.lines())
          .hasSize(100)
          .allSatisfy(line -> assertThat(line.text()).endsWith(" " + line.item()));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void behindALauncherThatRedirectsNoMarkIsWrittenThere() throws Exception {
    Path file = tmp.resolve("err.log");
    String script = "exec \"$@\" 2>>'" + file + "'";
    try (ChildLog log = new ChildLog()) {
      List<Outcome<Integer, Object>> outcomes =
          Law3ExactBlameIT.run(
              50, x -> chatterAndDieAt(49, x), behind(7, "sh", "-c", script, "sh"));
      assertThat(tail(Outcomes.of(49, outcomes))).isEmpty();
      String[] expected = IntStream.range(0, 50).mapToObj(x -> "err " + x).toArray(String[]::new);
      assertThat(Files.readAllLines(file)).containsExactly(expected);
      assertThat(log.lines())
          .hasSize(50)
          .allSatisfy(line -> assertThat(line.text()).isEqualTo("out " + line.item()));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void behindALauncherThatJoinsTheStreamsMarksGoOn() {
    try (ChildLog log = new ChildLog()) {
      Law3ExactBlameIT.run(
          50, OutputPerItemIT::chatter, behind(7, "sh", "-c", "exec \"$@\" 2>&1", "sh"));
      assertThat(log.lines())
          .hasSize(100)
          .allSatisfy(line -> assertThat(line.text()).endsWith(" " + line.item()));
    }
  }

  /** Its own output is that of its children. */
  static final class Inherits {
    public static void main(String[] args) {
      try (ProcessScheduler on = Shapes.builder(7, 2).output(Output.INHERIT).build()) {
        Flux.range(0, 40)
            .transform(
                Delegate.<Integer, Object>parallel(
                    x -> {
                      Thread.sleep(x % 3);
                      return chatter(x);
                    },
                    on))
            .blockLast(LONG);
      }
    }
  }

  @Test
  void inheritedLinesHaveNoMarks() throws Exception {
    try (ParentJvm parent = ParentJvm.start(tmp, List.of(), Inherits.class)) {
      assertThat(parent.status()).as(parent.toString()).isZero();
      assertThat(parent.toString()).contains("out 39", "err 39").doesNotContain(MARK, "\u001f");
    }
  }

  @Test
  void whoFloodsBothStreamsIntoASlowLogSlowsNobodyElse() throws Exception {
    Work<Integer, Object> flood =
        x -> {
          Thread other =
              new Thread(
                  () -> {
                    while (true) {
                      System.out.println("flood of stdout");
                    }
                  });
          other.setDaemon(true);
          other.start();
          while (true) {
            System.err.println("flood of stderr");
          }
        };
    try (ChildLog log = new ChildLog(line -> sleep(line.text().startsWith("flood") ? 50 : 0));
        ProcessScheduler flooded = Shapes.builder(1, 1).output(Output.LOG).build();
        ProcessScheduler other = Shapes.builder(256, 1).output(Output.LOG).build()) {
      Disposable running = flooded.submit(flood, 1).subscribe();
      await().atMost(LONG).until(() -> log.lines().count() >= 4);
      long before = usedHeap();
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, 10_000)
              .transform(
                  Delegate.<Integer, Object>parallel(
                      x -> x % 10 == 0 ? chatter(x) : (Object) (3 * x), other))
              .collectList()
              .block(LONG);
      Outcomes.assertOnePerItem(outcomes, 10_000);
      Outcomes.assertTripled(outcomes);
      await().atMost(LONG).until(() -> log.lines().filter(l -> !isFlood(l)).count() == 2_000);
      long after = usedHeap();
      assertThat(after - before).isLessThan(32L << 20); // a flood of a second is more
      assertThat(log.lines())
          .allSatisfy(
              line -> assertThat(line.text()).endsWith(isFlood(line) ? "" : " " + line.item()));
      running.dispose();
    }
  }

  private static boolean isFlood(ChildLog.Line line) {
    return line.text().startsWith("flood");
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void itemsThatPrintNothingNeedNoLogThatReturns() {
    Work<String, Object> work =
        x -> {
          if (x.endsWith(" 0")) {
            chatter(0);
          }
          Thread.sleep(1); // so that each start is marked, as long as there is room
          return x.length();
        };
    CountDownLatch stuck = new CountDownLatch(1);
    String name = "x".repeat(150) + " "; // 800 marks with it are more than a pipe holds
    try (ChildLog log = new ChildLog(line -> awaitUninterruptibly(stuck))) {
      try (ProcessScheduler on = Shapes.builder(7, 1).output(Output.LOG).build()) {
        List<Outcome<String, Object>> outcomes =
            Flux.range(0, 800)
                .map(i -> name + i)
                .transform(Delegate.<String, Object>parallel(work, on))
                .collectList()
                .block(LONG);
        assertThat(outcomes).hasSize(800).allMatch(Outcome::isSuccess);
      } finally {
        stuck.countDown();
      }
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoClosesItsStreamsLosesItsLinesAndNothingElse() {
    Work<Integer, Object> work =
        x -> {
          if (x == 5) {
            System.err.close();
          }
          Thread.sleep(x % 2);
          chatter(x);
          if (x == 29) {
            Runtime.getRuntime().halt(3);
          }
          return 3 * x;
        };
    try (ChildLog log = new ChildLog()) {
      List<Outcome<Integer, Object>> outcomes =
          Law3ExactBlameIT.run(30, work, Shapes.builder(7, 1).output(Output.LOG));
      Outcomes.assertTripled(outcomes, 29);
      assertThat(tail(Outcomes.of(29, outcomes))).doesNotContain("err 4");
      assertThat(log.lines())
          .hasSize(35)
          .allSatisfy(line -> assertThat(line.text()).endsWith(" " + line.item()));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whoReplacesItsStreamsIsToldApartAsNativeCodeIs() {
    Work<Integer, Object> work =
        x -> {
          System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true));
          System.setOut(new PrintStream(System.out, true));
          chatter(x);
          Thread.sleep(5);
          if (x == 19) {
            Runtime.getRuntime().halt(3);
          }
          return 3 * x;
        };
    try (ChildLog log = new ChildLog()) {
      List<Outcome<Integer, Object>> outcomes =
          Law3ExactBlameIT.run(20, work, Shapes.builder(7, 1).output(Output.LOG));
      Outcomes.assertTripled(outcomes, 19);
      assertThat(tail(Outcomes.of(19, outcomes))).isEqualTo("err 19");
      assertThat(log.lines())
          .hasSize(40)
          .allSatisfy(line -> assertThat(line.text()).endsWith(" " + line.item()));
    }
  }
}
