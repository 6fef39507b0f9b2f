package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();
  private final LineSplitter splitter = new LineSplitter(StandardCharsets.UTF_8, lines::add);

  private void add(String text) {
    splitter.add(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void linesEndWithEitherEnd() {
    add("one\ntw");
    add("o\r\n\nfour");
    assertThat(lines).containsExactly("one", "two", "");
    splitter.end();
    assertThat(lines).containsExactly("one", "two", "", "four");
  }

  @Test
  void aLongLineComesInPieces() {
    add("x".repeat(2 * LineSplitter.LONGEST + 5) + "\n");
    assertThat(lines)
        .extracting(String::length)
        .containsExactly(LineSplitter.LONGEST, LineSplitter.LONGEST, 5);
  }

  @Test
  void aLineOfTheGreatestLengthIsWhole() {
    add("x".repeat(LineSplitter.LONGEST) + "\ny\n");
    assertThat(lines).extracting(String::length).containsExactly(LineSplitter.LONGEST, 1);
  }

  @Test
  void noCutGoesThroughACharacter() {
    for (String character : List.of("ü", "→", "😀")) {
      for (int shift = 0; shift < 4; shift++) {
        lines.clear();
        String line = "x".repeat(shift) + character.repeat(10_000);
        add(line + "\n");
        assertThat(String.join("", lines)).isEqualTo(line);
      }
    }
  }

  @Test
  void theLastLinesOfStderrAreBounded() {
    StderrTail tail = new StderrTail();
    for (int i = 0; i < 100; i++) {
      tail.add("line " + i);
    }
    assertThat(tail.text().lines()).hasSize(40).startsWith("line 60").endsWith("line 99");
    tail.add("x".repeat(8000));
    tail.add("y".repeat(8000));
    assertThat(tail.text()).isEqualTo("y".repeat(8000));
  }
}
