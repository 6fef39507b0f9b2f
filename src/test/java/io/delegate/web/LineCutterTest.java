package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineCutterTest {
  private static final String TEXT = "one\r\n\n\"zwölf\"\n{\"a\": \"€ 𝄞\"}\r\n \r\nlast";
  private static final List<Line> LINES =
      List.of(
          new Line(1, "one"),
          new Line(3, "\"zwölf\""),
          new Line(4, "{\"a\": \"€ 𝄞\"}"),
          new Line(5, " "),
          new Line(6, "last"));

  @Test
  void whereverItIsCutTheLinesAreTheSame() {
    byte[] bytes = utf8(TEXT);
    for (int first = 0; first <= bytes.length; first++) {
      for (int second = first; second <= bytes.length; second++) {
        assertThat(lines(100, bytes, 0, first, second, bytes.length)).isEqualTo(LINES);
      }
    }
  }

  @Test
  void everyByteMayComeAlone() {
    byte[] bytes = utf8(TEXT);
    int[] cuts = new int[bytes.length + 1];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = i;
    }
    assertThat(lines(100, bytes, cuts)).isEqualTo(LINES);
  }

  @Test
  void aBodyOfNothingHasNoLines() {
    assertThat(lines(10, utf8(""), 0, 0)).isEmpty();
    assertThat(lines(10, utf8("\n\r\n\n"), 0, 4)).isEmpty();
  }

  @Test
  void aLineMayBeAsLongAsTheLimitWhereverItIsCut() {
    byte[] bytes = utf8("1234\r\n5678\n90ab");
    for (int cut = 0; cut <= bytes.length; cut++) {
      assertThat(lines(4, bytes, 0, cut, bytes.length))
          .extracting(Line::text)
          .containsExactly("1234", "5678", "90ab");
    }
  }

  @Test
  void aLineOverTheLimitIsNamedWhereverItIsCut() {
    for (String text : List.of("1\n12345\n", "1\n12345", "1\n12345\r\n", "1\n1234567890123")) {
      byte[] bytes = utf8(text);
      for (int cut = 0; cut <= bytes.length; cut++) {
        int at = cut;
        assertThatThrownBy(() -> lines(4, bytes, 0, at, bytes.length))
            .isInstanceOfSatisfying(
                Problem.class,
                problem ->
                    assertThat(problem.json())
                        .contains("item-too-long", "\"status\":413", "\"line\":2", "\"limit\":4"));
      }
    }
  }

  @Test
  void bytesThatAreNotUtf8AreNotGuessed() {
    for (byte[] wrong : List.of(new byte[] {'a', '\n', (byte) 0xc3, '\n'}, new byte[] {'\n', -1})) {
      assertThatThrownBy(() -> lines(9, wrong, 0, wrong.length))
          .isInstanceOfSatisfying(
              Problem.class,
              problem -> assertThat(problem.json()).contains("not-utf-8", "\"line\":2"));
    }
  }

  @Test
  void aWholeBodyIsOneItem() {
    WholeCutter cutter = new WholeCutter(6);
    assertThat(cutter.add(Unpooled.wrappedBuffer(utf8("a\n")))).isEmpty();
    assertThat(cutter.add(Unpooled.wrappedBuffer(utf8("b\r\n")))).isEmpty();
    assertThat(cutter.end()).containsExactly(new Line(0, "a\nb\r\n"));
    assertThatThrownBy(() -> cutter.add(Unpooled.wrappedBuffer(utf8("cd"))))
        .isInstanceOf(Problem.class);
  }

  private static List<Line> lines(int maxBytes, byte[] bytes, int... cuts) {
    LineCutter cutter = new LineCutter(maxBytes);
    List<Line> lines = new ArrayList<>();
    for (int i = 1; i < cuts.length; i++) {
      ByteBuf piece = Unpooled.wrappedBuffer(bytes, cuts[i - 1], cuts[i] - cuts[i - 1]);
      lines.addAll(cutter.add(piece));
      assertThat(piece.isReadable()).isFalse();
    }
    lines.addAll(cutter.end());
    return lines;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
