package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** stdout and stderr belong to the user's code. */
@ExtendWith(NothingLeft.class)
class Law9StdoutIsTheUsersIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  @TempDir Path tmp;

  @ParameterizedTest
  @CsvSource({"1,LOG", "7,LOG", "256,LOG", "7,DISCARD", "7,INHERIT"})
  void whatAWorkWritesComesOutAndDisturbsNothing(int window, Output output) {
    var log =
        new ch.qos.logback.core.read.ListAppender<ch.qos.logback.classic.spi.ILoggingEvent>() {
          @Override
          protected void append(ch.qos.logback.classic.spi.ILoggingEvent event) {
            event.getMDCPropertyMap(); // which it takes from the thread that asks first
            super.append(event);
          }
        };
    var logger =
        (ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger("io.delegate.child");
    boolean additive = logger.isAdditive();
    logger.setAdditive(false);
    log.start();
    logger.addAppender(log);
    java.io.PrintStream stdout = System.out;
    java.io.PrintStream stderr = System.err;
    var captured = new java.io.ByteArrayOutputStream();
    Work<Integer, Object> work =
        x -> {
          System.out.println("out " + x);
          System.err.println("err " + x);
          if (x % 10 == 0) {
            new ProcessBuilder(
                    "sh", "-c", "echo native out " + x + "; echo native err " + x + " >&2")
                .inheritIO()
                .start()
                .waitFor();
          }
          return 3 * x;
        };
    List<Outcome<Integer, Object>> outcomes;
    try {
      if (output == Output.INHERIT) {
        System.setOut(new java.io.PrintStream(captured, true));
        System.setErr(new java.io.PrintStream(captured, true));
      }
      outcomes = Law3ExactBlameIT.run(40, work, Shapes.builder(window, 2).output(output));
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
      logger.detachAppender(log);
      logger.setAdditive(additive);
    }
    Outcomes.assertOnePerItem(outcomes, 40);
    Outcomes.assertTripled(outcomes);
    List<String> expected =
        IntStream.range(0, 40)
            .boxed()
            .flatMap(
                x ->
                    x % 10 == 0
                        ? Stream.of("out " + x, "err " + x, "native out " + x, "native err " + x)
                        : Stream.of("out " + x, "err " + x))
            .toList();
    List<String> logged = log.list.stream().map(e -> e.getFormattedMessage()).toList();
    switch (output) {
      case LOG -> {
        assertThat(logged).containsExactlyInAnyOrderElementsOf(expected);
        Set<String> pids =
            outcomes.stream().map(o -> Long.toString(o.pid())).collect(Collectors.toSet());
        assertThat(log.list)
            .allSatisfy(
                e -> {
                  assertThat(pids).contains(e.getMDCPropertyMap().get("delegate.pid"));
                  boolean out = e.getFormattedMessage().contains("out ");
                  assertThat(e.getLoggerName())
                      .isEqualTo("io.delegate.child." + (out ? "stdout" : "stderr"));
                });
      }
      case DISCARD -> assertThat(logged).isEmpty();
      case INHERIT -> {
        assertThat(logged).isEmpty();
        assertThat(captured.toString().lines()).containsAll(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Misbehaving.class,
      names = {"FLOODS_STDOUT", "FLOODS_STDERR", "WRITES_GARBAGE", "CLOSES_ITS_STREAMS"})
  void floodsAndGarbageDisturbNothing(Misbehaving what) {
    List<Outcome<Integer, Object>> outcomes =
        Law3ExactBlameIT.run(30, what.at(10, Notes.in(tmp)), Shapes.builder(7, 1));
    Outcomes.assertOnePerItem(outcomes, 30);
    Outcomes.assertTripled(outcomes, 10);
    assertThat(Outcomes.of(10, outcomes).orElseThrow()).isEqualTo("returned");
    assertThat(outcomes).extracting(Outcome::pid).containsOnly(outcomes.get(0).pid());
  }

  @Test
  void stdinIsEmptyAndNotTheChannel() {
    Work<Integer, Object> work = x -> System.in.read();
    List<Outcome<Integer, Object>> outcomes = Law3ExactBlameIT.run(3, work, Shapes.builder(1, 1));
    assertThat(outcomes).allSatisfy(o -> assertThat(o.orElseThrow()).isEqualTo(-1));
  }

  @Test
  void aDeathQuotesTheLastLinesOfStderr() {
    Work<Integer, Object> work =
        x -> {
          for (int i = 0; i < 1000; i++) {
            System.err.println("line " + i);
          }
          Runtime.getRuntime().halt(5);
          return x;
        };
    List<Outcome<Integer, Object>> outcomes = Law3ExactBlameIT.run(1, work, Shapes.builder(1, 1));
    assertThat(Outcomes.aborted(outcomes.get(0)).death().stderrTail())
        .endsWith("line 998\nline 999")
        .doesNotContain("line 900");
  }
}
