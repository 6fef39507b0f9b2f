package io.delegate.report;

import java.io.OutputStream;
import java.nio.charset.Charset;

/** A terminal, as far as a view needs one. */
interface Tty extends AutoCloseable {
  /** As it is now. Asks the system, so this is for when it may have changed. */
  Size size();

  /** Whom to tell, on any thread, that the size has changed. */
  void onResize(Runnable listener);

  OutputStream out();

  Charset charset();

  @Override
  void close();
}
