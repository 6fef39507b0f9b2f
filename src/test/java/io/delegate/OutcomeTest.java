package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomeTest {
  private static final Duration TOOK = Duration.ofMillis(12);
  private static final String TRACE =
      """
      java.lang.IllegalStateException: outer
      \tat app//io.example.Thumbs.render(Thumbs.java:17)
      \tat java.base/java.util.ArrayList.get(ArrayList.java:427)
      \tat io.example.Thumbs$Inner.<init>(Native Method)
      \tat io.example.Thumbs.lambda$main$0(Unknown Source)
      Caused by: java.io.IOException: inner
      \tat io.example.Deep.read(Deep.java:3)
      \t... 3 more
      """;
  private static final RemoteError ERROR =
      new RemoteError("java.lang.IllegalStateException", "outer", TRACE);
  private static final Death DEATH =
      new Death(137, Optional.of("SIGKILL"), Death.Cause.SIGNAL, "one\ntwo\n");

  private static final Outcome<String, Integer> SUCCESS =
      new Outcome.Success<>("a", 7, TOOK, 1, 42);
  private static final Outcome<String, Integer> NOTHING =
      new Outcome.Success<>("a", 7, TOOK, 1, null);
  private static final Outcome<String, Integer> FAILURE =
      new Outcome.Failure<>("a", 7, TOOK, 1, ERROR);
  private static final Outcome<String, Integer> ABORTED =
      new Outcome.Aborted<>("a", 7, TOOK, 2, DEATH);
  private static final Outcome<String, Integer> LATE =
      new Outcome.TimedOut<>("a", 7, TOOK, 1, Duration.ofSeconds(2), "\"main\"\n\tat x.y(z)\n");

  static List<Outcome<String, Integer>> all() {
    return List.of(SUCCESS, NOTHING, FAILURE, ABORTED, LATE);
  }

  static List<Outcome<String, Integer>> bad() {
    return List.of(FAILURE, ABORTED, LATE);
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachTellsItemPidTimeAndAttempt(Outcome<String, Integer> outcome) {
    assertThat(outcome.item()).isEqualTo("a");
    assertThat(outcome.pid()).isEqualTo(7);
    assertThat(outcome.took()).isEqualTo(TOOK);
    assertThat(outcome.attempt()).isEqualTo(outcome == ABORTED ? 2 : 1);
    assertThat(outcome.isSuccess()).isEqualTo(outcome == SUCCESS || outcome == NOTHING);
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachIsReadableInOneLine(Outcome<String, Integer> outcome) {
    assertThat(outcome.toString())
        .doesNotContain("\n", "\r")
        .contains(outcome.getClass().getSimpleName(), "a", "7");
  }

  @Test
  void errorsAndDeathsAreReadableInOneLine() {
    assertThat(ERROR).hasToString("java.lang.IllegalStateException: outer");
    assertThat(new RemoteError("a.B", "", "")).hasToString("a.B");
    assertThat(new RemoteError("a.B", "one\ntwo", "").toString()).doesNotContain("\n");
    assertThat(DEATH).hasToString("SIGNAL SIGKILL (exit code 137)");
    assertThat(new Death(3, Optional.empty(), Death.Cause.EXIT, "\n"))
        .hasToString("EXIT (exit code 3)");
  }

  @Test
  void aSuccessGivesItsResult() {
    assertThat(SUCCESS.toOptional()).contains(42);
    assertThat(SUCCESS.orElse(1)).isEqualTo(42);
    assertThat(SUCCESS.orElseThrow()).isEqualTo(42);
    assertThatThrownBy(SUCCESS::toException).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aSuccessWithoutAResultIsASuccess() {
    assertThat(NOTHING.toOptional()).isEmpty();
    assertThat(NOTHING.orElse(1)).isNull();
    assertThat(NOTHING.orElseThrow()).isNull();
    assertThat(NOTHING.map(i -> i == null ? "none" : "some").orElseThrow()).isEqualTo("none");
  }

  @ParameterizedTest
  @MethodSource("bad")
  void allOthersGiveTheOtherOrThrow(Outcome<String, Integer> outcome) {
    assertThat(outcome.toOptional()).isEmpty();
    assertThat(outcome.orElse(1)).isEqualTo(1);
    assertThat(outcome.orElse(null)).isNull();
    assertThatThrownBy(outcome::orElseThrow)
        .isInstanceOf(DelegateException.class)
        .hasMessageContaining("item a");
    assertThat(outcome.toException()).isNotSameAs(outcome.toException());
    assertThat(outcome.toException().getMessage()).doesNotContain("\n");
  }

  @Test
  void mapChangesASuccessOnly() {
    assertThat(SUCCESS.map(i -> "x" + i)).isEqualTo(new Outcome.Success<>("a", 7, TOOK, 1, "x42"));
    for (Outcome<String, Integer> outcome : bad()) {
      Outcome<String, String> mapped =
          outcome.map(
              i -> {
                throw new AssertionError("called");
              });
      assertThat((Object) mapped).isSameAs(outcome);
    }
    assertThat(SUCCESS.map(i -> null).orElse(null)).isNull();
    assertThatThrownBy(
            () ->
                SUCCESS.map(
                    i -> {
                      throw new IllegalStateException("theirs");
                    }))
        .hasMessage("theirs");
  }

  @Test
  void eachKindHasItsException() {
    assertThat(FAILURE.toException())
        .isInstanceOfSatisfying(
            DelegateException.Failed.class, e -> assertThat(e.error()).isSameAs(ERROR))
        .hasMessage("item a failed: java.lang.IllegalStateException: outer");
    assertThat(ABORTED.toException())
        .isInstanceOfSatisfying(
            DelegateException.Aborted.class, e -> assertThat(e.death()).isSameAs(DEATH))
        .hasMessage("child 7 died on item a: SIGNAL SIGKILL (exit code 137)");
    assertThat(LATE.toException())
        .isInstanceOf(DelegateException.TimedOut.class)
        .hasMessage("item a ran longer than PT2S; child 7 was killed");
  }

  /** What waited too long for a child never ran, and no child was killed for it. */
  @Test
  void anItemThatNeverRanIsNotSaidToHaveRun() {
    Outcome<String, Integer> waited =
        new Outcome.TimedOut<>("a", 0, Duration.ZERO, 0, Duration.ofSeconds(2), "");
    assertThat(waited.toException().getMessage()).doesNotContain("child 0", "ran longer");
  }

  @Test
  void theCauseShowsTheRemoteFrames() {
    Throwable cause = FAILURE.toException().getCause();
    assertThat(cause)
        .hasMessage("outer")
        .hasToString("in the child: java.lang.IllegalStateException: outer");
    assertThat(cause.getStackTrace())
        .containsExactly(
            new StackTraceElement("io.example.Thumbs", "render", "Thumbs.java", 17),
            new StackTraceElement("java.util.ArrayList", "get", "ArrayList.java", 427),
            frame("io.example.Thumbs$Inner", "<init>", "Native Method"),
            frame("io.example.Thumbs", "lambda$main$0", "Unknown Source"));
    StringWriter printed = new StringWriter();
    FAILURE.toException().printStackTrace(new PrintWriter(printed));
    assertThat(printed.toString())
        .contains(
            "Caused by: in the child: java.lang.IllegalStateException: outer",
            "at io.example.Thumbs.render(Thumbs.java:17)");
  }

  private static StackTraceElement frame(String type, String method, String file) {
    return new StackTraceElement(type, method, file, -1);
  }

  /** What went wrong first is what the user looks for. */
  @Test
  void thePrintedTraceShowsTheRemoteCauseToo() {
    StringWriter printed = new StringWriter();
    FAILURE.toException().printStackTrace(new PrintWriter(printed));
    assertThat(printed.toString()).contains("java.io.IOException: inner", "Deep.java:3");
  }

  @Test
  void framesThatLookOddAreLeftOutOrTaken() {
    RemoteError odd =
        new RemoteError(
            "a.B",
            "",
            "a.B\n\tat a.B.c(B.java:x)\n\tat\n\tat a.B.c(B.java:99999999999)\n"
                + "\tat jdk.proxy2/jdk.proxy2.$Proxy8.run(Unknown Source)\n"
                + "\tat my-module@1.0-rc/a.B.über(B.java:1)\n");
    assertThat(new Outcome.Failure<>("a", 1, TOOK, 1, odd).toException().getCause().getStackTrace())
        .contains(new StackTraceElement("a.B", "über", "B.java", 1))
        .contains(frame("jdk.proxy2.$Proxy8", "run", "Unknown Source"));
  }

  @Test
  void anEmptyTraceHasNoFrames() {
    RemoteError bare = new RemoteError("a.B", "", "");
    assertThat(
            new Outcome.Failure<>("a", 1, TOOK, 1, bare).toException().getCause().getStackTrace())
        .isEmpty();
  }

  @Test
  void exceptionsCanBeSerialised() throws Exception {
    for (Outcome<String, Integer> outcome : bad()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(outcome.toException());
      }
      try (ObjectInputStream in =
          new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
        assertThat((Throwable) in.readObject()).hasMessage(outcome.toException().getMessage());
      }
    }
  }

  /** The text is the child's: no such text may break what tells of it. */
  @Test
  void aTraceOfThousandsOfCausesIsTold() {
    RemoteError endless = new RemoteError("a.B", "", "a.B\n" + "Caused by: x\n".repeat(20_000));
    DelegateException told = new Outcome.Failure<>("a", 1, TOOK, 1, endless).toException();
    assertThat(told.getCause()).hasToString("in the child: a.B");
    StringWriter printed = new StringWriter();
    told.printStackTrace(new PrintWriter(printed));
    assertThat(printed.toString()).contains("Caused by: in the child: x");
  }
}
