package io.delegate.web;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes to text, with no byte guessed. */
final class Utf8 {
  private Utf8() {}

  /** The text; a problem that names the line, if it is one, where the bytes are no UTF-8. */
  static String decode(byte[] bytes, int length, long line) {
    try {
      // a new decoder reports what it cannot read
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      String where = line == 0 ? "the body" : "line " + line;
      Problem problem = Problem.of(ProblemKind.NOT_UTF_8, where + " is not UTF-8");
      throw line == 0 ? problem : problem.with("line", line);
    }
  }
}
