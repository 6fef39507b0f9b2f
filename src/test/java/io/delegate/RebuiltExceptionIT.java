package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What was thrown in a child can be caught by its type. */
@ExtendWith(NothingLeft.class)
class RebuiltExceptionIT {
  private static final Duration LONG = Duration.ofSeconds(40);

  /** The user's own, with a field. */
  static final class Unpaid extends Exception {
    private static final long serialVersionUID = 1L;
    final int amount;

    Unpaid(int amount, Throwable cause) {
      super("unpaid: " + amount, cause);
      this.amount = amount;
    }
  }

  private static void pay(int amount) throws Exception {
    Unpaid thrown = new Unpaid(amount, new FileNotFoundException("no purse"));
    thrown.addSuppressed(new IllegalStateException("on the way"));
    throw thrown;
  }

  private static Outcome.Failure<?, ?> failure(Work<Integer, Object> work) {
    try (ProcessScheduler on = Shapes.builder(1, 1).build()) {
      return Outcomes.failure(on.submit(work, 5).block(LONG));
    }
  }

  @Test
  void theCauseIsTheExceptionItselfWithAllThatHangsOnIt() {
    Outcome.Failure<?, ?> failure =
        failure(
            x -> {
              pay(x);
              return null;
            });
    DelegateException.Failed failed =
        catchThrowableOfType(DelegateException.Failed.class, failure::orElseThrow);
    assertThat(failed).hasMessageContaining("item 5 failed: ").hasMessageContaining("unpaid: 5");
    assertThat(failed.getCause()).isInstanceOf(Unpaid.class);
    Unpaid unpaid = (Unpaid) failed.getCause();
    assertThat(unpaid.amount).isEqualTo(5);
    assertThat(unpaid.getCause()).isInstanceOf(FileNotFoundException.class).hasMessage("no purse");
    assertThat(unpaid.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
    assertThat(failure.error().exception()).containsSame(unpaid);
    assertThat(unpaid.getStackTrace()[0].getMethodName()).isEqualTo("pay");

    StringWriter joined = new StringWriter();
    failed.printStackTrace(new PrintWriter(joined));
    assertThat(joined.toString())
        .containsSubsequence(
            "theCauseIsTheExceptionItself", // the local part
            "Caused by: " + Unpaid.class.getName() + ": unpaid: 5",
            "RebuiltExceptionIT.pay", // the remote part
            "io.delegate.worker.Runner",
            "Suppressed: java.lang.IllegalStateException: on the way",
            "Caused by: java.io.FileNotFoundException: no purse");
  }

  @Test
  void aCallSignalsItAsItsCause() {
    assertThatThrownBy(
            () ->
                Delegate.<Object>call(
                        () -> {
                          pay(7);
                          return null;
                        })
                    .block(LONG))
        .isInstanceOf(DelegateException.Failed.class)
        .hasCauseInstanceOf(Unpaid.class);
  }

  static final class Unwritable extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final Object held;

    Unwritable(Object held) {
      super("unwritable");
      this.held = held;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      if (held.equals("recurses")) {
        writeObject(out);
      } else if (held.equals("memory")) {
        throw new OutOfMemoryError("not really");
      }
      out.defaultWriteObject();
    }
  }

  @Test
  void whatCannotBeWrittenComesAsText() {
    for (Work<Integer, Object> work :
        List.<Work<Integer, Object>>of(
            x -> thrown(new Unwritable(new Object())),
            x -> thrown(new Unwritable("recurses")),
            x -> thrown(new Unwritable("memory")),
            x -> thrown(new Unwritable("x".repeat(70_000))))) {
      Outcome.Failure<?, ?> failure = failure(work);
      assertThat(failure.error().exception()).isEmpty();
      assertThat(failure.error().type()).isEqualTo(Unwritable.class.getName());
      assertThatThrownBy(failure::orElseThrow)
          .hasStackTraceContaining("in the child: " + Unwritable.class.getName() + ": unwritable")
          .hasStackTraceContaining("RebuiltExceptionIT.lambda$");
    }
  }

  private static Object thrown(RuntimeException what) {
    throw what;
  }

  @Test
  void errorsWithTheSameTextAreEqual() {
    RemoteError bare = new RemoteError("T", "m", "t");
    RemoteError rebuilt =
        new RemoteError("T", "m", "t", java.util.Optional.of(new RuntimeException()));
    assertThat(rebuilt).isEqualTo(bare).hasSameHashCodeAs(bare).hasToString("T: m");
    assertThat(rebuilt).isNotEqualTo(new RemoteError("T", "m", "u"));
  }
}
