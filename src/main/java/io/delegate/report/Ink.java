package io.delegate.report;

/** The colours of the terminal's own palette, which its user has made readable. */
enum Ink {
  PLAIN(""),
  DIM("2"),
  GREEN("32"),
  YELLOW("33"),
  RED("31");

  private final String code;

  Ink(String code) {
    this.code = code;
  }

  /** Between escape and reset, so that no text colours the next. */
  String around(String text) {
    return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
