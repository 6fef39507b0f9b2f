package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written; what a terminal makes of it is told by TerminalReporterIT. */
final class ScreenTest {
  private static final Size SIZE = new Size(20, 10);

  private final List<String> writes = new ArrayList<>();
  private final Screen screen = new Screen(new Writes(), StandardCharsets.UTF_8);

  private static List<Row> rows(String... texts) {
    return List.of(texts).stream().map(text -> Row.of(text, Ink.PLAIN)).toList();
  }

  @Test
  void aRedrawIsOneWriteThatLeavesTheCursorWhereItWas() throws IOException {
    screen.draw(rows("a", "b"), SIZE);
    screen.draw(rows("c", "d"), SIZE);
    assertThat(writes).hasSize(2);
    assertThat(writes.get(1))
        .isEqualTo(
            "<?25l<s><?7l<1;8r<9;1Hc<K<10;1Hd<K<?7h<r><?25h"
                .replace("<s>", "\u001b7")
                .replace("<r>", "\u001b8")
                .replace("<", "\u001b["));
  }

  @Test
  void roomIsMadeByScrollingWhatIsAbove() throws IOException {
    screen.draw(rows("a"), SIZE);
    screen.draw(rows("a", "b", "c"), SIZE);
    assertThat(writes.get(1)).contains("\u001bD\u001bD\u001b[2A\u001b7").contains("\u001b[1;7r");
  }

  @Test
  void rowsThatAreNoLongerNeededAreErasedAndGivenBack() throws IOException {
    screen.draw(rows("a", "b", "c"), SIZE);
    screen.draw(rows("d"), SIZE);
    assertThat(writes.get(1))
        .contains("\u001b[1;9r\u001b[8;1H\u001b[K\u001b[9;1H\u001b[K\u001b[10;1Hd");
  }

  @Test
  void aFullRowKeepsItsLastCharacter() throws IOException {
    screen.draw(rows("x".repeat(20)), SIZE);
    assertThat(writes.get(0)).contains("x\u001b[?7h");
  }

  @Test
  void afterANewSizeAllBelowTheCursorIsErasedAtOnce() throws IOException {
    screen.wipe();
    assertThat(writes).isEmpty();
    screen.draw(rows("a"), SIZE);
    screen.wipe();
    assertThat(writes.get(1)).contains("\u001b[r", "\u001b[J").doesNotContain("a");
    screen.draw(rows("a"), new Size(30, 20));
    assertThat(writes.get(2)).contains("\u001b[1;19r\u001b[20;1Ha");
  }

  @Test
  void afterTheEndNothingIsWritten() throws IOException {
    screen.draw(rows("a"), SIZE);
    screen.close(rows("all done"));
    assertThat(writes.get(1)).contains("\u001b[r").endsWith("\r\u001b[Kall done\r\n");
    screen.draw(rows("b"), SIZE);
    screen.wipe();
    screen.close(rows("again"));
    assertThat(writes).hasSize(2);
  }

  @Test
  void aScreenThatWasNeverDrawnGetsTheLastLinesAlone() throws IOException {
    screen.close(rows("all done"));
    assertThat(writes).containsExactly("all done\r\n");
  }

  @Test
  void eachPieceStandsInItsColumnWhateverWidthTheOthersHave() {
    Row row = new Row().add("✅ a", Ink.GREEN).at(10).add("1 s", Ink.DIM);
    assertThat(row.codes()).endsWith("\u001b[11G\u001b[2m1 s\u001b[0m");
  }

  private final class Writes extends OutputStream {
    @Override
    public void write(int b) {
      throw new AssertionError("one write only");
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      ByteArrayOutputStream copy = new ByteArrayOutputStream();
      copy.write(bytes, from, length);
      writes.add(copy.toString(StandardCharsets.UTF_8));
    }
  }
}
