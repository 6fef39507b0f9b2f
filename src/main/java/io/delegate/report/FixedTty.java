package io.delegate.report;

import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** One whose size was given, behind any stream. */
record FixedTty(OutputStream out, Size size) implements Tty {
  /** What a terminal that is not of this machine speaks, as a rule. */
  @Override
  public Charset charset() {
    return StandardCharsets.UTF_8;
  }

  @Override
  public void onResize(Runnable listener) {
    // it never does
  }

  @Override
  public void close() {
    // the stream is the user's
  }
}
