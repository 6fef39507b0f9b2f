package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ColumnsTest {
  @ParameterizedTest
  @CsvSource({"cat,3", "日本,4", "e\u0301te\u0301,3", "😀,2", "'',0"})
  void aTextHasTheWidthItIsShownWith(String text, int columns) {
    assertThat(Columns.of(text)).isEqualTo(columns);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cat.png   | 7 | cat.png
          cat.png   | 6 | cat.p…
          日本語     | 6 | 日本語
          日本語     | 5 | 日本…
          日本語     | 4 | 日…
          a😀b      | 3 | a…
          e\u0301e\u0301e\u0301 | 2 | e\u0301…
          cat       | 1 | …
          cat       | 0 | ''
          """)
  void aWideItemIsCutAtTheEdge(String text, int columns, String cut) {
    assertThat(Columns.cut(text, columns, "…")).isEqualTo(cut);
    assertThat(Columns.of(cut)).isLessThanOrEqualTo(columns);
  }
}
