package io.delegate.report;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of the screen, as pieces of text each of which knows its column. So a character that the
 * terminal shows wider or narrower than thought does not shift what follows.
 */
final class Row {
  private record Piece(int column, String text, Ink ink) {}

  private final List<Piece> pieces = new ArrayList<>();
  private int end;

  /** A row of one piece. */
  static Row of(String text, Ink ink) {
    return new Row().add(text, ink);
  }

  Row add(String text) {
    return add(text, Ink.PLAIN);
  }

  Row add(String text, Ink ink) {
    if (!text.isEmpty()) {
      pieces.add(new Piece(end, text, ink));
      end += Columns.of(text);
    }
    return this;
  }

  /** What follows begins at that column, the first being 0; the gap is blank. */
  Row at(int column) {
    return column > end ? add(" ".repeat(column - end)) : this;
  }

  /** How many columns it takes. */
  int columns() {
    return end;
  }

  /** With the codes that a terminal obeys. */
  String codes() {
    StringBuilder codes = new StringBuilder();
    for (Piece piece : pieces) {
      if (piece.column() > 0) {
        codes.append("\u001b[").append(piece.column() + 1).append('G');
      }
      codes.append(piece.ink().around(piece.text()));
    }
    return codes.toString();
  }

  /** Without. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    pieces.forEach(piece -> text.append(piece.text()));
    return text.toString().stripTrailing();
  }
}
