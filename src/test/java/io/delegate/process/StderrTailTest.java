package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.wire.Mark;
import org.junit.jupiter.api.Test;

class StderrTailTest {
  private static final String LAST_WORDS = Autopsy.OUT_OF_MEMORY_LINE + ": Java heap space";
  private final StderrTail tail = new StderrTail();

  private void java(long seq) {
    tail.mark(new Mark(seq, true, ""));
  }

  private void begin(long seq) {
    tail.mark(new Mark(seq, false, ""));
  }

  @Test
  void anItemHasTheLinesSinceItBegan() {
    tail.add("start");
    java(1);
    tail.add("one");
    begin(2);
    tail.add("native two");
    java(2);
    tail.add("two");
    assertThat(tail.text(2)).isEqualTo("native two\ntwo");
    assertThat(tail.text()).isEqualTo("start\none\nnative two\ntwo");
    begin(3);
    assertThat(tail.text(3)).isEmpty();
  }

  @Test
  void withoutItsMarkLinesOfJavaAreNotItsOwnButTheLastWordsAre() {
    java(4);
    tail.add("four");
    tail.add(LAST_WORDS);
    assertThat(tail.text(5)).isEqualTo(LAST_WORDS);
    assertThat(tail.text(4)).isEqualTo("four\n" + LAST_WORDS);
  }

  @Test
  void withoutItsMarkLinesOfNativeCodeAreKept() {
    java(3);
    tail.add("three");
    begin(4);
    tail.add("libpng error");
    assertThat(tail.text(9)).isEqualTo("libpng error");
  }

  @Test
  void nativeLinesAfterThoseOfJavaAreKeptAlone() {
    java(4);
    tail.add("four");
    begin(4);
    tail.add("libpng error");
    tail.add(new Mark(4, true, ""), "begun by Java, without an end");
    assertThat(tail.text(5)).isEqualTo("libpng error");
  }

  @Test
  void ofAChildThatMayNotMarkEveryLineIsKept() {
    tail.add("one");
    tail.add("two");
    assertThat(tail.text(7)).isEqualTo("one\ntwo");
  }

  @Test
  void theBoundsAreThoseOfAll() {
    java(1);
    for (int i = 0; i < 100; i++) {
      tail.add("line " + i);
    }
    java(2);
    tail.add("x".repeat(8_000));
    assertThat(tail.text(2)).hasSize(8_000);
    assertThat(tail.text(1).lines().count()).isLessThan(40);
  }
}
