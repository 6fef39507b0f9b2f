package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.wire.Mark;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Marks are taken out, and nothing else is. */
class MarkedLinesTest {
  private static final byte[] PREFIX = Mark.prefix(0x0123456789abcdefL);

  /** What came out: marks in brackets. */
  private static List<String> found(byte[] bytes, int... cuts) {
    List<String> found = new ArrayList<>();
    LineSplitter splitter =
        new LineSplitter(
            StandardCharsets.UTF_8,
            PREFIX,
            new LineSplitter.Found() {
              @Override
              public void mark(Mark mark) {
                found.add("[" + mark.seq() + (mark.java() ? "+" : "-") + mark.label() + "]");
              }

              @Override
              public void line(Mark mark, String line) {
                found.add(line);
              }
            });
    int from = 0;
    for (int cut : cuts) {
      splitter.add(ByteBuffer.wrap(bytes, from, cut - from));
      from = cut;
    }
    splitter.add(ByteBuffer.wrap(bytes, from, bytes.length - from));
    splitter.end();
    return found;
  }

  private static byte[] bytes(Object... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object part : parts) {
      all.writeBytes(
          part instanceof Mark mark
              ? mark.encode(PREFIX)
              : part instanceof byte[] raw
                  ? raw
                  : part.toString().getBytes(StandardCharsets.UTF_8));
    }
    return all.toByteArray();
  }

  private static Mark mark(long seq, boolean java, String label) {
    return new Mark(seq, java, label);
  }

  @Test
  void aMarkIsFoundWhereverTheReadsAreCut() {
    byte[] bytes =
        bytes(
            "before\nopen",
            mark(1, false, "ä→😀"),
            "one\n",
            mark(1, true, "ä→😀"),
            "ü",
            mark(Long.MAX_VALUE, true, ""),
            "\nlast");
    String[] expected = {
      "before", "open", "[1-ä→😀]", "one", "[1+ä→😀]", "ü", "[9223372036854775807+]", "", "last"
    };
    for (int cut = 0; cut <= bytes.length; cut++) {
      assertThat(found(bytes, cut)).as("cut at %d", cut).containsExactly(expected);
    }
    int[] everywhere = new int[bytes.length];
    for (int i = 0; i < everywhere.length; i++) {
      everywhere[i] = i + 1;
    }
    assertThat(found(bytes, everywhere)).containsExactly(expected);
  }

  @Test
  void aSecondMarkOfTheSameItemCutsNoLine() {
    assertThat(found(bytes(mark(3, false, ""), "na", mark(3, true, "x"), "tive\n")))
        .containsExactly("[3-]", "[3+x]", "native");
  }

  @Test
  void aLineHasTheMarkBeforeItsFirstByte() {
    List<String> found = new ArrayList<>();
    LineSplitter splitter =
        new LineSplitter(
            StandardCharsets.UTF_8,
            PREFIX,
            new LineSplitter.Found() {
              @Override
              public void mark(Mark mark) {}

              @Override
              public void line(Mark mark, String line) {
                found.add(mark.seq() + (mark.java() ? "+" : "-") + line);
              }
            });
    splitter.add(
        ByteBuffer.wrap(
            bytes(
                "0\n",
                mark(1, true, ""),
                "one",
                mark(1, false, ""),
                mark(2, false, ""),
                "\ntwo\n",
                mark(2, true, ""),
                "\nrest",
                mark(2, false, ""))));
    splitter.end();
    assertThat(found).containsExactly("0-0", "1+one", "2-", "2-two", "2+", "2+rest");
  }

  @Test
  void marksTakeNoRoomInALine() {
    for (int before : new int[] {8190, 8191, 8192, 8193}) {
      String line = "x".repeat(before);
      assertThat(found(bytes(mark(1, true, ""), line, mark(1, true, "y".repeat(200)), "z\n")))
          .as("%d before", before)
          .filteredOn(part -> !part.startsWith("["))
          .extracting(String::length)
          .containsExactly(
              before < 8192 ? new Integer[] {before + 1} : new Integer[] {8192, before - 8191});
    }
  }

  @Test
  void whatOnlyLooksLikeAMarkIsText() {
    byte[] whole = mark(7, true, "label").encode(PREFIX);
    for (int length = 1; length < whole.length; length++) {
      byte[] torn = java.util.Arrays.copyOf(whole, length);
      String text = new String(torn, StandardCharsets.UTF_8);
      assertThat(found(bytes("a", torn, "\nb\n"))).containsExactly("a" + text, "b");
      assertThat(found(bytes("a", torn, mark(8, true, "x"), "b\n")))
          .containsExactly("a" + text, "[8+x]", "b");
      assertThat(found(bytes("a", torn))).containsExactly("a" + text);
    }
    String prefix = new String(PREFIX, StandardCharsets.UTF_8);
    for (String forged :
        List.of(
            "",
            "+",
            "+ x",
            "*1 x",
            "+1",
            "+g x",
            "+ffffffffffffffff x",
            "+11111111111111111 x",
            "+" + "1".repeat(600),
            "+1 " + "x".repeat(600))) {
      String line = prefix + forged + "\u001f";
      assertThat(found(bytes(line, "\n"))).as(forged).containsExactly(line);
    }
    String others = new String(Mark.prefix(0x0123456789abcdeeL), StandardCharsets.UTF_8) + "+1 x";
    assertThat(found(bytes(others, "\u001f\n"))).containsExactly(others + "\u001f");
  }

  @Test
  void noBytesWhateverBreakIt() {
    Random random = new Random(7);
    byte[] alphabet = bytes(PREFIX, "+-09af x\n\r\u001e\u001f", new byte[] {(byte) 0xC3, 0, -1});
    for (int round = 0; round < 2_000; round++) {
      byte[] noise = new byte[random.nextInt(1_500)];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = alphabet[random.nextInt(alphabet.length)];
      }
      assertThat(found(bytes(noise, "\n", mark(1, true, "end"), "end\n")))
          .endsWith("[1+end]", "end");
    }
  }

  @Test
  void aLabelOfAnyKindFitsIntoAMark() {
    for (String label : List.of("x".repeat(200), "→".repeat(200), "😀".repeat(100))) {
      byte[] bytes = mark(Long.MAX_VALUE, true, label).encode(PREFIX);
      assertThat(bytes.length).isLessThanOrEqualTo(Mark.LONGEST);
      String read = found(bytes).get(0);
      assertThat(label).startsWith(read.substring(read.indexOf('+') + 1, read.length() - 1));
      assertThat(read).doesNotContain("\uFFFD");
    }
  }
}
