package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class BodyTest {
  private final TestPublisher<ByteBuf> pieces = TestPublisher.create();

  private Body body(long maxBytes) {
    return new Body(pieces.flux(), new LineCutter(100), maxBytes, Runnable::run);
  }

  private static ByteBuf piece(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void onePieceIsAskedForAtATime() {
    StepVerifier.create(body(100).lines(), 1)
        .then(() -> pieces.assertMinRequested(1).assertMaxRequested(1))
        .then(() -> pieces.next(piece("a\nb\nc")))
        .expectNext(new Line(1, "a"))
        .then(() -> pieces.assertMaxRequested(1))
        .thenRequest(2)
        .expectNext(new Line(2, "b"))
        .then(pieces::complete)
        .expectNext(new Line(3, "c"))
        .verifyComplete();
  }

  @Test
  void whatIsNoLongerWantedIsReadAndForgotten() {
    Body body = body(100);
    AtomicInteger more = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    StepVerifier.create(body.lines())
        .then(
            () -> body.rest().subscribe(any -> more.incrementAndGet(), null, () -> over.set(true)))
        .then(() -> pieces.next(piece("a\n")))
        .expectNext(new Line(1, "a"))
        .thenCancel()
        .verify();
    for (int i = 0; i < 100; i++) {
      pieces.assertNotCancelled().assertMinRequested(1);
      pieces.next(piece("b\n"));
    }
    assertThat(more).hasValue(100);
    assertThat(over).isFalse();
    pieces.complete();
    assertThat(over).isTrue();
    StepVerifier.create(body.rest()).verifyComplete();
  }

  @Test
  void soIsWhatNobodyHasBegunToRead() {
    StepVerifier.create(body(100).rest())
        .then(() -> pieces.next(piece("a\n")))
        .expectNext(true)
        .then(() -> pieces.assertMinRequested(1).complete())
        .verifyComplete();
  }

  @Test
  void aBodyOverTheLimitIsAProblemAndIsReadOn() {
    Body body = body(3);
    StepVerifier.create(body.lines())
        .then(() -> pieces.next(piece("a\n")))
        .expectNext(new Line(1, "a"))
        .then(() -> pieces.next(piece("b\n")))
        .verifyErrorSatisfies(
            e -> assertThat(((Problem) e).kind()).isEqualTo(ProblemKind.BODY_TOO_LARGE));
    pieces.assertNotCancelled().assertMinRequested(1);
  }

  @Test
  void theClockRunsOnlyWhileAPieceIsWaitedFor() {
    Body body = body(100);
    long later = System.nanoTime() + 1_000_000_000_000L;
    assertThat(body.waited(later)).isZero();
    StepVerifier.create(body.lines(), 1)
        .then(() -> assertThat(body.waited(later)).isPositive())
        .then(() -> pieces.next(piece("a\nb\n")))
        .expectNext(new Line(1, "a"))
        .then(() -> assertThat(body.waited(later)).isZero())
        .thenRequest(2)
        .expectNext(new Line(2, "b"))
        .then(() -> assertThat(body.waited(later)).isPositive())
        .then(pieces::complete)
        .verifyComplete();
    assertThat(body.waited(later)).isZero();
  }
}
