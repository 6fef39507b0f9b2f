package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.RemoteError;
import io.delegate.wire.ResultFrame;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ErrorsTest {
  @Test
  void anExceptionIsToldWithItsCauses() {
    RemoteError error =
        Errors.describe(new IllegalStateException("outer", new ArithmeticException("inner")));
    assertThat(error.type()).isEqualTo("java.lang.IllegalStateException");
    assertThat(error.message()).isEqualTo("outer");
    assertThat(error.stackTrace())
        .startsWith("java.lang.IllegalStateException: outer")
        .contains("Caused by: java.lang.ArithmeticException: inner", "ErrorsTest");
  }

  @Test
  void noMessageIsAnEmptyOne() {
    assertThat(Errors.describe(new Exception()).message()).isEmpty();
    assertThat(Errors.describe(new Exception((String) null)).message()).isEmpty();
  }

  private static class Hostile extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aMessageThatThrowsIsToldAsSuch() {
    RemoteError error =
        Errors.describe(
            new Hostile() {
              @Override
              public String getMessage() {
                throw new UnsupportedOperationException("no message");
              }
            });
    assertThat(error.type()).startsWith(ErrorsTest.class.getName());
    assertThat(error.message()).contains("getMessage() threw", "UnsupportedOperationException");
    assertThat(error.stackTrace()).contains("could not be printed", error.type());
  }

  @Test
  void aMessageThatThrowsItselfIsToldAsSuch() {
    RemoteError error =
        Errors.describe(
            new Hostile() {
              @Override
              public String getMessage() {
                throw this;
              }
            });
    assertThat(error.message()).contains("getMessage() threw");
  }

  @Test
  void aMessageWithoutEndIsToldAsSuch() {
    RemoteError error =
        Errors.describe(
            new Hostile() {
              @Override
              @SuppressWarnings("InfiniteRecursion")
              public String getMessage() {
                return getMessage();
              }
            });
    assertThat(error.message()).contains("StackOverflowError");
    assertThat(error.stackTrace()).contains("StackOverflowError");
  }

  @Test
  void aTraceThatCannotBePrintedKeepsTheMessage() {
    RemoteError error =
        Errors.describe(
            new Hostile() {
              @Override
              public void printStackTrace(PrintWriter out) {
                throw new IllegalStateException();
              }

              @Override
              public String getMessage() {
                return "the message";
              }
            });
    assertThat(error.message()).isEqualTo("the message");
    assertThat(error.stackTrace()).contains(error.type(), "IllegalStateException");
  }

  @Test
  void causesThatGoRoundInACircleEnd() {
    Exception first = new Exception("first");
    Exception second = new Exception("second", first);
    first.initCause(second);
    first.addSuppressed(second);
    assertThat(Errors.describe(first).stackTrace()).contains("first", "second", "CIRCULAR");
  }

  @Test
  void hugeTextsAreCutAndSayHowMuchIsMissing() {
    RemoteError error = Errors.describe(new Exception("x".repeat(5_000_000)));
    assertThat(error.message())
        .hasSizeLessThan((64 << 10) + 100)
        .endsWith("… (" + (5_000_000 - (64 << 10)) + " characters more)");
    assertThat(error.stackTrace()).hasSizeLessThan((256 << 10) + 100).endsWith("characters more)");
    assertThat(Errors.describe(new Exception("x".repeat(64 << 10))).message())
        .isEqualTo("x".repeat(64 << 10));
  }

  /** The least that maxFrame may be is 1 MiB. */
  @Test
  void theLargestErrorFitsIntoTheSmallestFrame() {
    RemoteError error = Errors.describe(new Exception("→".repeat(5_000_000)));
    assertThat(ResultFrame.encode(error).length).isLessThan((1 << 20) - ResultFrame.FIXED);
  }

  @Test
  void halfACharacterInAMessageHarmsNothing() throws Exception {
    RemoteError error = Errors.describe(new Exception("a\ud800"));
    RemoteError told = ResultFrame.decode(ByteBuffer.wrap(ResultFrame.encode(error)));
    assertThat(told.message()).isEqualTo("a?");
  }

  @Test
  void aNameThatIsNullIsNotLookedFor() {
    RemoteError error =
        Errors.describe(
            new Hostile() {
              @Override
              public @Nullable String getMessage() {
                return null;
              }

              @Override
              public @Nullable String toString() {
                return null;
              }
            });
    assertThat(error.message()).isEmpty();
    assertThat(error.stackTrace()).startsWith("null");
  }
}
