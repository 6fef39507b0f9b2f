package io.delegate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Child;
import io.delegate.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoTest {
  /** Of a ledger with four places and 251 bytes of staging: the next multiple of eight. */
  private static final int AT = 128 + 4 * 16 + 256;

  @TempDir Path directory;
  private Path file;
  private Ledger ledger;
  private Ledger opened;
  private Memo parent;
  private Memo child;

  @BeforeEach
  void makeOneAndOpenItAsTheChildDoes() throws IOException {
    file = directory.resolve("l1");
    ledger = Ledger.create(file, 4, 251, "Bild \ud83d\uddbc\0");
    opened = Ledger.open(file);
    parent = ledger.memo();
    child = opened.memo();
  }

  @AfterEach
  void close() {
    ledger.close();
    opened.close();
  }

  /** Where a record begins: two of pair 0, two of pair 1. */
  private static int record(int number) {
    return AT + 64 + number * 432;
  }

  private static Progress progress(double fraction, String note) {
    return new Progress(OptionalDouble.of(fraction), note);
  }

  private @Nullable Progress said(long seq) {
    Memo.Said said = parent.said(seq);
    return said == null ? null : said.progress();
  }

  private ByteBuffer bytes() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer all = ByteBuffer.allocate((int) channel.size()).order(ByteOrder.nativeOrder());
      channel.read(all);
      return all.flip();
    }
  }

  private void write(int at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }

  @Test
  void theLayoutStaysAsItIs() throws IOException {
    parent.pid(4711);
    parent.again(9, 3);
    child.tick(12345);
    child.say(9, .25, "page");
    ByteBuffer page = bytes();
    assertThat(page.remaining()).isEqualTo(AT + 1792 + 2 * 8);
    assertThat(page.getInt(16)).isEqualTo(8);
    assertThat(page.getLong(AT)).isEqualTo(4711);
    assertThat(page.getLong(AT + 8)).isEqualTo(9);
    assertThat(page.getLong(AT + 16)).isEqualTo(12345);
    assertThat(page.getLong(AT + 24)).isEqualTo(1);
    assertThat(page.getLong(AT + 32)).isZero();
    assertThat(page.getLong(AT + 40)).isZero();
    assertThat(page.getLong(AT + 48)).isEqualTo(1);
    assertThat(page.getInt(AT + 56)).isEqualTo(3);
    int record = record(3);
    assertThat(page.getLong(record)).isEqualTo(1);
    assertThat(page.getLong(record + 8)).isEqualTo(9);
    assertThat(page.getDouble(record + 16)).isEqualTo(.25);
    assertThat(page.getInt(record + 24)).isEqualTo(4);
    assertThat(page.getChar(record + 32)).isEqualTo('p');
    assertThat(page.getChar(record + 38)).isEqualTo('e');
    assertThat(page.getChar(AT + 1792)).isEqualTo('B');
  }

  @Test
  void theChildIsToldWhoItIs() {
    assertThat(child.pid()).isZero();
    parent.pid(4711);
    assertThat(child.pid()).isEqualTo(4711);
    assertThat(child.name()).isEqualTo("Bild \ud83d\uddbc\0");
    assertThat(child.attempt(1)).isEqualTo(1);
    parent.again(7, 1_000_000);
    assertThat(child.attempt(7)).isEqualTo(1_000_000);
    assertThat(child.attempt(8)).isEqualTo(1);
  }

  @Test
  void aNewOneHasATickOfNow() throws IOException {
    long before = System.nanoTime();
    try (Ledger another = Ledger.create(directory.resolve("l2"), 1, 0)) {
      assertThat(another.memo().ticked() - before).isNotNegative();
      assertThat(another.memo().name()).isEmpty();
      assertThat(another.memo().version()).isZero();
      assertThat(another.memo().said(0)).isNull();
    }
  }

  @Test
  void theLatestThatIsSaidOfAnItemIsRead() {
    assertThat(said(7)).isNull();
    child.say(7, .25, "a long one");
    long version = parent.version();
    assertThat(said(7)).isEqualTo(progress(.25, "a long one"));
    assertThat(said(8)).as("of another").isNull();
    child.say(7, .5, "");
    assertThat(parent.version()).isNotEqualTo(version);
    assertThat(said(7)).isEqualTo(progress(.5, ""));
    child.say(8, Double.NaN, "words");
    assertThat(said(7)).isNull();
    assertThat(said(8)).isEqualTo(new Progress(OptionalDouble.empty(), "words"));
  }

  @Test
  void whatIsNoFractionIsMadeOne() {
    child.say(7, -5, "");
    assertThat(said(7)).isEqualTo(progress(0, ""));
    child.say(7, Double.POSITIVE_INFINITY, "");
    assertThat(said(7)).isEqualTo(progress(1, ""));
  }

  @Test
  void aLongNoteIsCutBetweenTwoCharacters() {
    child.say(7, 0, "i".repeat(Child.LONGEST_NOTE));
    assertThat(said(7).note()).isEqualTo("i".repeat(200));
    child.say(7, 0, "i".repeat(100_000));
    assertThat(said(7).note()).isEqualTo("i".repeat(200));
    child.say(7, 0, "i".repeat(199) + "\ud83d\ude00");
    assertThat(said(7).note()).isEqualTo("i".repeat(199));
    child.say(7, 0, "i".repeat(198) + "\ud83d\ude00");
    assertThat(said(7).note()).isEqualTo("i".repeat(198) + "\ud83d\ude00");
  }

  @Test
  void aNoteIsALineAndNoMore() {
    child.say(7, 0, "\u001b[2J\r\nx\u2028\u202ey\ud83dz\ude00");
    assertThat(said(7).note()).isEqualTo(" [2J  x  y\ufffdz\ufffd");
  }

  /** An error in the middle of a write, or the death of the child: what it said before is there. */
  @Test
  void aWriteThatWasCutShortIsNotReadAndWhatCameBeforeIs() throws IOException {
    child.say(7, .25, "first");
    byte[] half = new byte[432];
    Arrays.fill(half, (byte) -1);
    write(record(2), half); // where the second would be
    assertThat(said(7)).isEqualTo(progress(.25, "first"));
    write(AT + 40, new byte[] {1}); // or it died between its two last steps
    assertThat(said(7)).isEqualTo(progress(.25, "first"));
    write(AT + 40, new byte[1]);
    child.say(7, .5, "second");
    assertThat(said(7)).isEqualTo(progress(.5, "second"));
    assertThatThrownBy(() -> child.say(7, .75, null)).isInstanceOf(NullPointerException.class);
    assertThat(said(7)).isEqualTo(progress(.5, "second"));
    child.say(7, 1, "third");
    assertThat(said(7)).isEqualTo(progress(1, "third"));
  }

  @Test
  void whateverIsWrittenThereIsReadAsIfItWereRight() throws IOException {
    Random random = new Random(1999);
    byte[] bytes = new byte[1792 - 24];
    int read = 0;
    for (int i = 0; i < 2_000; i++) {
      random.nextBytes(bytes);
      ByteBuffer page = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
      for (int record = 0; record < 4; record += 1 + i % 2) { // so that some of it is looked at
        page.putLong(record(record) + 8 - AT - 24, 7);
      }
      write(AT + 24, bytes);
      Progress said = said(7);
      if (said != null) {
        read++;
        assertThat(said.note().length()).isBetween(0, Child.LONGEST_NOTE);
        assertThat(said.note().chars().noneMatch(Character::isISOControl)).isTrue();
        assertThat(said.toString()).isNotNull();
      }
    }
    assertThat(read).isPositive();
  }

  /** The reader sees what one write has written, never halves of two, however often they come. */
  @Test
  void aReaderNeverSeesHalvesOfTwo() throws Exception {
    CompletableFuture<Integer> writer =
        CompletableFuture.supplyAsync(
            () -> {
              for (int i = 0; i < 400_000; i++) {
                int n = i % 10;
                child.say(7, n / 10.0, Integer.toString(n).repeat(n * 20));
              }
              return 0;
            });
    int seen = 0;
    while (!writer.isDone() || seen == 0) {
      if (writer.isCompletedExceptionally()) {
        writer.join();
      }
      Progress said = said(7);
      if (said != null) {
        int n = (int) Math.round(said.fraction().getAsDouble() * 10);
        assertThat(said.note()).isEqualTo(Integer.toString(n).repeat(n * 20));
        seen++;
      } else {
        assertThat(seen).as("once there was something, there always is").isZero();
      }
    }
    assertThat(writer.get()).isZero();
  }

  /** Else the same would be told twice. */
  @Test
  void theVersionIsThatOfWhatWasRead() throws Exception {
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 1; i <= 400_000; i++) {
                child.say(7, 0, Integer.toString(i));
              }
            });
    long seen = 0;
    while (!writer.isDone() || seen == 0) {
      if (writer.isCompletedExceptionally()) {
        writer.join();
      }
      Memo.Said said = parent.said(7);
      if (said != null) {
        assertThat(said.version()).isEqualTo(Long.parseLong(said.progress().note()));
        assertThat(said.version()).as("never one from before").isGreaterThanOrEqualTo(seen);
        seen = said.version();
      }
    }
    writer.get();
    assertThat(parent.said(7).version()).isEqualTo(parent.version());
  }
}
