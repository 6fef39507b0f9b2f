package io.delegate.report;

import java.nio.charset.Charset;

/**
 * The few characters that are not ASCII, and what stands for them where the terminal has no such.
 *
 * @param more there is more of this text
 * @param rule a line across the screen
 * @param full a cell of the bar that is done
 * @param open one that is not
 */
record Glyphs(String more, String rule, String full, String open) {
  static final Glyphs UNICODE = new Glyphs("…", "─", "━", "┄");
  static final Glyphs ASCII = new Glyphs("...", "-", "=", ".");

  static Glyphs in(Charset charset) {
    boolean known = charset.canEncode() && charset.newEncoder().canEncode("…─━┄");
    return known ? UNICODE : ASCII;
  }
}
