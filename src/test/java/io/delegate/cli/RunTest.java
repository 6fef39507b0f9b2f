package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

class RunTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter err = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();

  private int run(Children children, int demand, OutputStream to, Flux<String> items) {
    Summary summary = new Summary("2", () -> nanos.getAndSet(2_000_000_000));
    return new Run(
            children, demand, to, new PrintWriter(err, true), summary, Records.NONE, () -> {})
        .over(items);
  }

  private static OutputStream broken(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }

  @Test
  void theSummaryCountsAndNamesTheFirstTen() {
    Flux<String> items = Flux.concat(Flux.range(0, 12).map(i -> "fail"), Flux.just("one", "hang"));
    assertThat(run(new FakeChildren(), 4, out, items)).isEqualTo(1);
    List<String> said = err.toString().lines().toList();
    assertThat(said).hasSize(12);
    assertThat(said.get(0)).isEqualTo("  failure: fail: x.Oops: bad \"luck\"");
    assertThat(said.get(10)).isEqualTo("  … and 3 more");
    assertThat(said.get(11))
        .isEqualTo(
            "delegate: 14 items: 1 success, 12 failure, 0 aborted, 1 timed out;"
                + " 2.000 s, 7.0 items/s, children: 2");
  }

  @Test
  void aTerminalObeysNothingThatAnItemSays() {
    Outcome<String, String> nasty =
        new Outcome.TimedOut<>("\u001b[2J\nx", 1, FakeChildren.TOOK, 1, FakeChildren.TOOK, "");
    run(new FakeChildren(items -> Flux.just(nasty)), 4, out, Flux.empty());
    assertThat(err.toString()).startsWith("  timed out:  [2J x: ran longer than 1.234 ms");
  }

  @Test
  void anErrorEndsTheRunAndIsTold() {
    Children children =
        new FakeChildren(
            items ->
                items
                    .map(FakeChildren::outcome)
                    .concatWith(Flux.error(new IllegalStateException("no child starts"))));
    assertThat(run(children, 4, out, Flux.just("one"))).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"item\":\"one\"");
    assertThat(err.toString()).contains("no child starts", "1 item: 1 success");
  }

  @Test
  void whatTheChildrenThrowAtOnceIsToldTheSameWay() {
    FakeChildren children =
        new FakeChildren(
            items -> {
              throw new IllegalStateException("not shippable");
            });
    assertThat(run(children, 4, out, Flux.just("one"))).isEqualTo(1);
    assertThat(err.toString()).contains("not shippable");
    assertThat(children.closed).hasValue(1);
  }

  @Test
  void aReaderThatWentAwayStopsTheRunQuietly() {
    FakeChildren children = new FakeChildren();
    Flux<String> endless = Flux.generate(sink -> sink.next("one"));
    assertThat(run(children, 4, broken("Broken pipe"), endless)).isEqualTo(Run.BROKEN_PIPE);
    assertThat(err.toString()).isEmpty();
    assertThat(children.killed).hasValue(1);
  }

  @Test
  void neverMoreIsAskedForThanCanBeHeld() {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger written = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Flux<String> items =
        Flux.range(0, 1000)
            .map(i -> "one")
            .doOnNext(
                i -> most.accumulateAndGet(begun.incrementAndGet() - written.get(), Math::max));
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("lines come whole");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            written.set(lines(bytes, offset, length) + written.get());
          }
        };
    FakeChildren children =
        new FakeChildren(
            flux -> flux.subscribeOn(Schedulers.parallel()).map(FakeChildren::outcome));
    assertThat(run(children, 8, slow, items)).isZero();
    assertThat(written).hasValue(1000);
    int buffered = (1 << 16) / 80; // lines that wait in the buffer were taken, but not written
    assertThat(most.get()).isLessThanOrEqualTo(8 + buffered);
  }

  private static int lines(byte[] bytes, int offset, int length) {
    int lines = 0;
    for (int i = offset; i < offset + length; i++) {
      lines += bytes[i] == '\n' ? 1 : 0;
    }
    return lines;
  }

  @Test
  void eachOutcomeIsSeenAtOnceWhenNoMoreIsAtHand() throws Exception {
    Sinks.Many<String> items = Sinks.many().unicast().onBackpressureBuffer();
    CompletableFuture<Integer> status =
        CompletableFuture.supplyAsync(() -> run(new FakeChildren(), 4, out, items.asFlux()));
    items.tryEmitNext("one");
    await().until(() -> out.toString(StandardCharsets.UTF_8).endsWith("\n"));
    assertThat(status).isNotDone();
    items.tryEmitComplete();
    assertThat(status.get()).isZero();
  }

  @Test
  void linesAreReadAsTheyCome() throws Exception {
    PipedInputStream in = new PipedInputStream();
    CompletableFuture<Integer> status;
    try (PipedOutputStream to = new PipedOutputStream(in)) {
      status = CompletableFuture.supplyAsync(() -> run(new FakeChildren(), 4, out, Lines.of(in)));
      to.write("first\nsec".getBytes(StandardCharsets.UTF_8));
      to.flush();
      await().until(() -> out.toString(StandardCharsets.UTF_8).contains("\"item\":\"first\""));
      to.write("ond".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(status.get()).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"item\":\"second\"");
  }

  @Test
  void noLineIsReadThatNobodyAskedFor() {
    AtomicInteger read = new AtomicInteger();
    Flux<String> lines = Lines.of(new Endless(read));
    assertThat(lines.take(3).collectList().block()).containsExactly("a", "a", "a");
    assertThat(read.get()).isLessThanOrEqualTo(8192);
  }

  /** The line "a", for ever. */
  private static final class Endless extends InputStream {
    private final AtomicInteger read;

    Endless(AtomicInteger read) {
      this.read = read;
    }

    @Override
    public int read() {
      return read.getAndIncrement() % 2 == 0 ? 'a' : '\n';
    }
  }

  /** Takes so many bytes, and then its reader is gone. */
  private static final class Pipe extends OutputStream {
    final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final int most;

    Pipe(int most) {
      this.most = most;
    }

    @Override
    public void write(int b) throws IOException {
      if (taken.size() >= most) {
        throw new IOException("Broken pipe");
      }
      taken.write(b);
    }
  }

  private static List<String> itemsIn(String lines) {
    return lines
        .lines()
        .filter(line -> line.endsWith("}"))
        .map(line -> line.replaceFirst("\\{\"item\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private int run(OutputStream to, Records records, List<String> items) {
    Summary summary = new Summary("2", System::nanoTime);
    PrintWriter told = new PrintWriter(err, true);
    return new Run(new FakeChildren(), 4_000, to, told, summary, records, () -> {})
        .over(Flux.fromIterable(items));
  }

  /** The journal may say less than what was printed, but never more. */
  @Test
  void whatWasNeverPrintedIsNotNotedAsDone(@TempDir Path tmp) throws Exception {
    List<String> items = IntStream.range(0, 3_000).mapToObj(i -> "item" + i).toList();
    for (int most : new int[] {0, 1, 70, 5_000, 66_000, 120_000}) {
      Path file = tmp.resolve("journal" + most);
      Pipe pipe = new Pipe(most);
      Journal written = Journal.open(file, "a.B::c", Journal.Mode.NEW);
      assertThat(run(pipe, new Records(written, null), items)).isEqualTo(Run.BROKEN_PIPE);
      List<String> printed = itemsIn(pipe.taken.toString(StandardCharsets.UTF_8));
      try (Journal journal = Journal.open(file, "a.B::c", Journal.Mode.RESUME)) {
        List<String> done = items.stream().filter(journal::skips).toList();
        assertThat(printed).as("after %d bytes", most).containsAll(done);
      }
    }
  }

  /** Its name says pipe, as that of the system's message for one does. */
  @Test
  void aFullDirectoryOfResultsIsNotTakenForAReaderThatWentAway(@TempDir Path tmp) throws Exception {
    Path directory = tmp.resolve("pipe");
    Path file = tmp.resolve("journal");
    Results results = new Results(directory);
    Files.delete(directory);
    Journal written = Journal.open(file, "a.B::c", Journal.Mode.NEW);
    assertThat(run(out, new Records(written, results), List.of("fail", "one"))).isEqualTo(1);
    assertThat(err.toString()).contains("a result cannot be written (--results)", "1 failure");
    assertThat(itemsIn(out.toString(StandardCharsets.UTF_8)))
        .as("what was well is not lost for that")
        .containsExactly("fail");
    try (Journal journal = Journal.open(file, "a.B::c", Journal.Mode.RETRY_FAILED)) {
      assertThat(journal.skips("fail")).isFalse();
      assertThat(journal.skips("one")).isTrue();
    }
  }

  @Test
  void aLineWithoutEndEndsTheRunAndNotTheMemory() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'a';
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            Arrays.fill(bytes, offset, offset + length, (byte) 'a');
            return length;
          }
        };
    assertThat(run(new FakeChildren(), 4, out, Lines.of(endless, '\n', 100_000))).isEqualTo(1);
    assertThat(err.toString()).contains("stdin cannot be read: item 1 has more than 100,000");
  }

  @Test
  void onlyLfAndCrLfEndALineAndAByteOrderMarkIsNoCharacter() {
    byte[] text = "\ufeffone\r\ntw\ro\n\r\n\ufeffthree\r".getBytes(StandardCharsets.UTF_8);
    assertThat(Lines.of(new ByteArrayInputStream(text)).collectList().block())
        .containsExactly("one", "tw\ro", "\ufeffthree");
    byte[] nuls = "\ufeffone\r\0two\n".getBytes(StandardCharsets.UTF_8);
    assertThat(Lines.betweenNuls(new ByteArrayInputStream(nuls)).collectList().block())
        .containsExactly("one\r", "two\n");
  }

  /** An eight-bit control is obeyed by some terminals, and the others turn the text around. */
  @Test
  void aTerminalObeysNoRarerCharactersEither() {
    Outcome<String, String> nasty =
        new Outcome.TimedOut<>(
            "a\u009b2Jb\u202ec\u2028d", 1, FakeChildren.TOOK, 1, FakeChildren.TOOK, "");
    Outcome<String, String> late =
        new Outcome.TimedOut<>(
            "e", 0, Duration.ZERO, 0, FakeChildren.TOOK, "", Outcome.Limit.QUEUE);
    run(new FakeChildren(items -> Flux.just(nasty, late)), 4, out, Flux.empty());
    assertThat(err.toString())
        .startsWith("  timed out: a 2Jb c d: ran longer than 1.234 ms")
        .contains("  timed out: e: waited longer than 1.234 ms");
  }

  @Test
  void whatTheChildrenSaidIsToldWithoutWhatATerminalObeys() {
    FakeChildren children =
        new FakeChildren(items -> Flux.error(new IllegalStateException("no\u001b[2J\nchild")));
    run(children, 4, out, Flux.just("one"));
    assertThat(err.toString().lines())
        .contains("delegate run: java.lang.IllegalStateException: no [2J", "child");
  }
}
