package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Codec;
import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.RemoteError;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerTest {
  private final Flight flight = Fakes.flight("item", 3);

  private Outcome<Object, Object> outcome(byte status, byte[] value, Codec codec) {
    byte[] batch = new byte[value.length + 9];
    System.arraycopy(value, 0, batch, 5, value.length);
    return Answer.encoded(flight, 7, 1_000, status, batch, 5, value.length, codec).outcome();
  }

  @Test
  void aResultIsDecodedOnceAndWhereItLies() throws Exception {
    byte[] value = Values.encode(List.of(1, 2), new JdkCodec(), 1_000, "the result");
    flight.attempts = 2;
    assertThat(outcome(ResultFrame.OK, value, new JdkCodec()))
        .isEqualTo(new Outcome.Success<>("item", 7, Duration.ofNanos(1_000), 2, List.of(1, 2)));
    Answer answer =
        Answer.encoded(flight, 7, 0, ResultFrame.OK, value, 0, value.length, new JdkCodec());
    assertThat(answer.outcome()).isSameAs(answer.outcome());
  }

  @Test
  void anErrorIsToldAsItWasThrown() {
    RemoteError error = new RemoteError("a.B", "no", "a.B: no\n\tat c");
    assertThat(outcome(ResultFrame.FAILED, ResultFrame.encode(error), NoCodec.INSTANCE))
        .isEqualTo(new Outcome.Failure<>("item", 7, Duration.ofNanos(1_000), 0, error));
  }

  @Test
  void aClockThatRunsBackwardsGivesNoNegativeTime() {
    assertThat(
            Answer.encoded(flight, 7, -5, ResultFrame.OK, new byte[1], 0, 1, NoCodec.INSTANCE)
                .outcome()
                .took())
        .isEqualTo(Duration.ZERO);
  }

  static Stream<Codec> codecs() {
    return Stream.of(new JdkCodec(), new FstCodec());
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void garbageIsAFailureOfThisItem(Codec codec) {
    Random random = new Random(1999);
    for (int i = 0; i < 3_000; i++) {
      byte[] garbage = new byte[random.nextInt(50)];
      random.nextBytes(garbage);
      if (garbage.length > 0 && i % 2 == 0) {
        garbage[0] = 20; // to the codec
      }
      Outcome<Object, Object> outcome = outcome(ResultFrame.OK, garbage, codec);
      assertThat(outcome.item()).isEqualTo("item");
      if (outcome instanceof Outcome.Failure<Object, Object> failure) {
        assertThat(failure.error().message()).startsWith("the result cannot be read: ");
        assertThat(failure.error().stackTrace()).contains(failure.error().type());
      } else {
        assertThat(outcome).isInstanceOf(Outcome.Success.class);
      }
      assertThat(outcome(ResultFrame.FAILED, garbage, codec)).isInstanceOf(Outcome.Failure.class);
    }
  }

  /** Its own methods throw it again, so that even telling of it fails. */
  private static final class Hostile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw this;
    }
  }

  private static final class HostileCodec implements Codec {
    @Override
    public byte[] encode(Object value) {
      throw new Hostile();
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length, ClassLoader loader)
        throws IOException {
      throw new Hostile();
    }
  }

  /** JUnit itself would ask a hostile exception for its message. */
  private static void assertFailureOfType(Supplier<Outcome<Object, Object>> outcome, String type) {
    String seen;
    try {
      seen =
          outcome.get() instanceof Outcome.Failure<Object, Object> failure
              ? failure.error().type()
              : "no failure";
    } catch (Throwable thrown) {
      seen = "threw " + thrown.getClass().getName();
    }
    assertThat(seen).isEqualTo(type);
  }

  @Test
  void whateverAReadingThrowsIsAFailureOfThisItem() {
    assertFailureOfType(
        () -> outcome(ResultFrame.OK, new byte[] {20, 1}, new HostileCodec()),
        Hostile.class.getName());
  }

  @Test
  void anItemWhoseWritingThrowsAnythingIsAFailure() {
    assertFailureOfType(
        () -> Answer.unsendable(flight, new Hostile()).outcome(), Hostile.class.getName());
    Outcome<Object, Object> plain = Answer.unsendable(flight, new IOException()).outcome();
    assertThat(plain.pid()).isZero();
    assertThat(((Outcome.Failure<?, ?>) plain).error().message()).isEmpty();
  }

  @Test
  void deathsAndLimitsAreToldAsTheyAre() {
    Death death = new Death(137, Optional.of("SIGKILL"), Death.Cause.SIGNAL, "");
    flight.attempts = 1;
    assertThat(Answer.aborted(flight, 7, Duration.ofMillis(2), death).outcome())
        .isEqualTo(new Outcome.Aborted<>("item", 7, Duration.ofMillis(2), 1, death));
    assertThat(
            Answer.timedOut(
                    flight, 7, Duration.ofMillis(2), Duration.ofMillis(1), "", Outcome.Limit.ITEM)
                .outcome())
        .isEqualTo(
            new Outcome.TimedOut<>("item", 7, Duration.ofMillis(2), 1, Duration.ofMillis(1), ""));
  }
}
