package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.wire.Mark;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a child writes into its streams, with the clock in the test's hands. */
class MarksTest {
  private static final byte[] PREFIX = Mark.prefix(42);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final Marks marks = new Marks();
  private final Pipe pipe = new Pipe();
  private final MarkedStream stream = marks.add(PREFIX, false, pipe, pipe.unread());
  private final PrintStream out = new PrintStream(stream, true, StandardCharsets.UTF_8);
  private long now = System.nanoTime();
  private long seq;

  /** Remembers each write, and says what is unread. */
  private static final class Pipe extends OutputStream {
    final List<String> writes = Collections.synchronizedList(new ArrayList<>());
    volatile int unread;

    @Override
    public void write(int b) {
      throw new AssertionError("one byte at a time");
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      String text = new String(bytes, from, length, StandardCharsets.UTF_8);
      String prefix = new String(PREFIX, StandardCharsets.UTF_8);
      writes.add(text.replace(prefix, "[").replace('\u001f', ']'));
    }

    InputStream unread() {
      return new ByteArrayInputStream(new byte[0]) {
        @Override
        public int available() {
          return unread;
        }
      };
    }
  }

  private void begin(Object item, long after) {
    begin(item, after, 10);
  }

  private void begin(Object item, long after, int bytes) {
    now += after;
    marks.begin(++seq, now, true);
    marks.item(item, bytes);
  }

  private List<String> written() {
    List<String> written = List.copyOf(pipe.writes);
    pipe.writes.clear();
    return written;
  }

  @Test
  void theFirstItemIsMarkedAndFastOnesAfterItNowAndThen() {
    begin("a", 0);
    assertThat(written()).containsExactly("[-1 a]");
    for (int i = 0; i < 1_000; i++) {
      begin("fast", MILLI / 10);
    }
    assertThat(written()).hasSize(5); // 100 ms, one in 20
  }

  @Test
  void theFirstItemGetsItsTextHoweverSoonItIsDecoded() {
    marks.begin(++seq, now, false); // its work has yet to be read
    marks.item("a", 10);
    assertThat(written()).containsExactly("[-1 ]", "[-1 a]");
  }

  @Test
  void slowItemsAreMarkedEachOnStderrFromAMillisecondOn() {
    Pipe err = new Pipe();
    marks.add(PREFIX, true, err, err.unread());
    now = System.nanoTime();
    begin("first", 0);
    written();
    for (int i = 0; i < 10; i++) {
      begin(i, MILLI);
    }
    assertThat(err.writes).hasSize(11).endsWith("[-a 8]", "[-b 9]");
    assertThat(written()).isEmpty();
    for (int i = 0; i < 10; i++) {
      begin(i, 5 * MILLI);
    }
    assertThat(written()).hasSize(10).startsWith("[-c 0]", "[-d 1]");
  }

  @Test
  void theFirstLineOfAnItemBringsItsMarkInOneWrite() {
    begin("a", 0);
    out.print("one|");
    out.print("two|");
    begin("b", 1);
    begin("c", 1);
    out.print("three|");
    assertThat(written()).containsExactly("[-1 a]", "[+1 a]one|", "two|", "[+3 c]three|");
  }

  @Test
  void onStderrTheEndOfJavasFirstLineIsMarkedTooAndAfterMoreTheNextStart() {
    Pipe pipe = new Pipe();
    Marks marks = new Marks();
    PrintStream err =
        new PrintStream(marks.add(PREFIX, true, pipe, pipe.unread()), true, StandardCharsets.UTF_8);
    now = System.nanoTime();
    for (int seq = 1; seq <= 4; seq++) {
      marks.begin(seq, now, true);
      marks.item(seq, 5);
      if (seq > 1) {
        err.print("one|");
      }
      if (seq == 3) {
        err.print("two|");
        err.print("three|");
      }
    }
    assertThat(pipe.writes)
        .containsExactly(
            "[-1 1]",
            "[+2 2]one|[-2 2]",
            "[+3 3]one|[-3 3]",
            "[+3 3]two|",
            "three|",
            "[-4 4]",
            "[+4 4]one|[-4 4]");
    err.print("x".repeat(4_090));
    marks.begin(5, now, true);
    err.print("y".repeat(4_090)); // no room for the second
    assertThat(pipe.writes.get(pipe.writes.size() - 2)).startsWith("[+5 ]y").endsWith("y");
  }

  @Test
  void whatIsWrittenBeforeAnyItemIsNobodys() {
    out.print("early");
    begin("a", 0);
    assertThat(written()).containsExactly("[+0 ]early", "[-1 a]");
  }

  @Test
  void singleBytesAreKeptTogetherAndAreThoseOfTheirItem() {
    begin("a", 0);
    out.write('x');
    out.write('y');
    assertThat(written()).containsExactly("[-1 a]");
    begin("b", 1);
    out.write('z');
    out.write('\n');
    assertThat(written()).containsExactly("[+1 a]xy", "[+2 b]z\n");
    for (int i = 0; i < 300; i++) {
      stream(i);
    }
    out.flush();
    assertThat(String.join("", written())).hasSize(300);
  }

  private void stream(int i) {
    out.write('a' + i % 26);
  }

  @Test
  void aStartNeverWaitsForAFullPipeOrForWhoIsJustWriting() throws Exception {
    pipe.unread = 60_000;
    begin("a", 0);
    assertThat(written()).isEmpty();
    pipe.unread = 0;
    begin("b", 0);
    assertThat(written()).containsExactly("[-2 b]");

    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) {}

          @Override
          public void write(byte[] bytes, int from, int length) {
            inside.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    MarkedStream blocked = marks.add(PREFIX, true, full, null);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> new PrintStream(blocked, true).println("flood"));
    inside.await();
    begin("c", 100 * MILLI); // comes back
    release.countDown();
    writer.get(30, TimeUnit.SECONDS);
  }

  @Test
  void whereNobodyTellsWhatIsUnreadOnlyLinesOfJavaAreMarked() {
    Pipe other = new Pipe();
    PrintStream err =
        new PrintStream(marks.add(PREFIX, false, other, null), true, StandardCharsets.UTF_8);
    begin("a", 0);
    begin("b", 100 * MILLI);
    err.print("x");
    begin("c", 100 * MILLI);
    err.print("y");
    assertThat(other.writes).containsExactly("[+2 b]x", "[+3 c]y");
  }

  @Test
  void afterItIsClosedNothingIsWritten() {
    begin("a", 0);
    out.close();
    begin("b", 100 * MILLI);
    assertThat(written()).containsExactly("[-1 a]");
  }

  @Test
  void aLongFirstWriteKeepsItsMarkWithinWhatAPipeTakesAtOnce() {
    begin("a", 0);
    byte[] large = "0123456789".repeat(2_000).getBytes(StandardCharsets.UTF_8);
    out.write(large, 0, large.length);
    List<String> written = written();
    assertThat(written).hasSize(3);
    assertThat(written.get(1)).startsWith("[+1 a]0123");
    assertThat(written.get(1).length() + PREFIX.length - 1).isEqualTo(4096);
    assertThat(String.join("", written.subList(1, 3)).substring("[+1 a]".length()))
        .isEqualTo(new String(large, StandardCharsets.UTF_8));
  }

  record Pair(int x, String y) {}

  @Test
  void anItemThatHasToBeDecodedIsMarkedBeforeAndAgainWhenItIsKnown() {
    now += 5 * MILLI;
    marks.begin(1, now, false);
    assertThat(written()).containsExactly("[-1 ]");
    marks.item(Path.of("/a/b"), 10);
    assertThat(written()).containsExactly("[-1 /a/b]");
    now += 5 * MILLI;
    marks.begin(2, now, false);
    marks.item(new Pair(1, "z"), 10);
    assertThat(written()).containsExactly("[-2 ]"); // its text is made when it is needed
    out.print("x");
    assertThat(written()).containsExactly("[+2 Pair[x=1, y=z]]x");
  }

  private String labelOf(@Nullable Object item, int bytes) {
    begin(item, 1, bytes);
    written();
    out.print("x");
    String line = written().get(0);
    return line.substring(line.indexOf(' ') + 1, line.lastIndexOf(']'));
  }

  private static final class Nasty {
    final RuntimeException thrown;

    Nasty(RuntimeException thrown) {
      this.thrown = thrown;
    }

    @Override
    public String toString() {
      throw thrown;
    }
  }

  private static final class Null {
    @Override
    @SuppressWarnings({"NullAway", "ReturnsNullToString"})
    public String toString() {
      return null;
    }
  }

  @Test
  void labelsAreShortAndCleanAndNoReasonToFail() {
    assertThat(labelOf("a\nb\u001f\u001e\tc", 10)).isEqualTo("a b   c");
    assertThat(labelOf("x".repeat(1_000_000), 1_000_000)).isEqualTo("x".repeat(199) + "…");
    assertThat(labelOf("x".repeat(198) + "😀😀", 500)).isEqualTo("x".repeat(198) + "…");
    assertThat(labelOf(DayOfWeek.MONDAY, 10)).isEqualTo("MONDAY");
    assertThat(labelOf(new int[3], 10)).isEqualTo("int[]");
    assertThat(labelOf(List.of(1, 2), 10)).isEqualTo("[1, 2]");
    assertThat(labelOf(new ArrayList<>(List.of(1)), 5_000)).isEqualTo("ArrayList");
    assertThat(labelOf(new Nasty(new IllegalStateException()), 10)).isEqualTo("Nasty");
    assertThat(labelOf(new Null(), 10)).isEqualTo("null");
    assertThat(labelOf(null, 10)).isEmpty();
  }

  @Test
  void aTextThatPrintsIsPrintedAndLosesNothing() {
    Object talkative =
        new Object() {
          @Override
          public String toString() {
            out.println("asked for my name");
            return "Ann";
          }
        };
    begin(talkative, 0);
    written();
    out.println("hello");
    out.println("again");
    String all = String.join("", written()).replaceAll("\\R", "|");
    assertThat(all).endsWith("[+1 Ann]hello|again|").contains("]asked for my name|");
    assertThat(all.split("hello")).hasSize(2);
  }

  @Test
  void anotherThreadIsToldTheTypeOfWhatOnlyItsOwnMethodCanTell() throws Exception {
    begin(new Pair(1, "z"), 0);
    written();
    CompletableFuture.runAsync(() -> out.print("x")).get(30, TimeUnit.SECONDS);
    assertThat(written()).containsExactly("[+1 Pair]x");
  }

  @Test
  void linesOfThreadsThatOutliveTheirItemNeverGoBack() throws Exception {
    begin("a", 0);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  out.println("line");
                }
              });
      thread.start();
      threads.add(thread);
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      begin("b", MILLI);
    }
    long before = 0;
    int lines = 0;
    for (String write : written()) {
      if (write.startsWith("[")) {
        long mark = Long.parseLong(write.substring(2, write.indexOf(' ')), 16);
        assertThat(mark).isGreaterThanOrEqualTo(before);
        before = mark;
      }
      lines += write.contains("line") ? 1 : 0;
    }
    assertThat(lines).isEqualTo(8_000);
  }

  @Test
  void whatIsPrintedComesOutAsFromTheJdksOwnStream() throws Exception {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    ByteArrayOutputStream actual = new ByteArrayOutputStream();
    Marks none = new Marks();
    for (Map.Entry<ByteArrayOutputStream, OutputStream> each :
        Map.of(
                expected,
                new java.io.BufferedOutputStream(expected, 128),
                actual,
                none.add(PREFIX, false, actual, null))
            .entrySet()) {
      PrintStream print = new PrintStream(each.getValue(), true, StandardCharsets.UTF_8);
      print.print('c');
      print.printf("%s %d%n", "ü→😀", 5);
      print.write(65);
      print.println(new char[] {'x', 'y'});
      print.append("z", 0, 1).println();
      print.println("long ".repeat(10_000));
      print.write(new byte[] {1, 2, 3});
      print.write('q');
      print.close();
    }
    String mark = new String(new Mark(0, true, "").encode(PREFIX), StandardCharsets.UTF_8);
    assertThat(actual.toString(StandardCharsets.UTF_8))
        .isEqualTo(mark + expected.toString(StandardCharsets.UTF_8));
  }
}
