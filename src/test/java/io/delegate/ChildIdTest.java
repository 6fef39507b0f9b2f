package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChildIdTest {
  @Test
  void aChildOfThisMachineIsItsProcess() {
    assertThat(ChildId.of(0, 4_711)).isEqualTo(4_711);
    assertThat(ChildId.node(4_711)).isZero();
    assertThat(ChildId.process(4_711)).isEqualTo(4_711);
    assertThat(ChildId.text(4_711)).isEqualTo("4711");
  }

  @Test
  void oneOfANodeIsNoOther() {
    long child = ChildId.of(2, 4_711);
    assertThat(child).isNotEqualTo(ChildId.of(1, 4_711)).isNotEqualTo(4_711);
    assertThat(ChildId.node(child)).isEqualTo(2);
    assertThat(ChildId.process(child)).isEqualTo(4_711);
    assertThat(ChildId.text(child)).isEqualTo("4711@2");
  }

  @Test
  void whereThereIsNoneThereIsNone() {
    assertThat(ChildId.of(2, 0)).isZero();
    assertThat(ChildId.text(0)).isEqualTo("0");
  }

  @Test
  void aPageCountsThemExactly() {
    assertThat(ChildId.of(1 << 20, 4_194_304)).isLessThan(1L << 53);
  }
}
