package io.delegate.report;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.impl.exec.ExecPty;
import org.jline.terminal.impl.exec.ExecTerminalProvider;
import org.jline.terminal.spi.SystemStream;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * The terminal behind stderr. JLine asks {@code stty} about it by its name: stdin is never touched,
 * so the program may read it, and no native code is loaded. No JLine terminal is made of it, which
 * would want stdin to be a terminal too.
 */
final class StderrTty implements Tty {
  /** The one there is cannot have two views. */
  private static final AtomicBoolean TAKEN = new AtomicBoolean();

  private static final String WINCH = "WINCH";

  private final ExecPty pty;
  private final OutputStream out = new FileOutputStream(FileDescriptor.err);
  private @Nullable Object handlerBefore;

  private StderrTty(ExecPty pty) {
    this.pty = pty;
  }

  /** Null where stderr is no terminal, or has a view already, or nobody knows its size. */
  static @Nullable Tty open() {
    ExecTerminalProvider system = new ExecTerminalProvider();
    if (!system.isPosixSystemStream(SystemStream.Error) || !TAKEN.compareAndSet(false, true)) {
      return null;
    }
    StderrTty tty = new StderrTty(new ExecPty(system, null, device()) {});
    Size size = tty.size();
    if (size.columns() > 0 && size.rows() > 0) {
      return tty;
    }
    tty.close();
    return null;
  }

  /**
   * Its own name where the system tells it, else that of the terminal the program was started in.
   */
  private static String device() {
    try {
      Path own = Path.of("/proc/self/fd/2").toRealPath();
      if (own.startsWith("/dev") && Files.isReadable(own)) {
        return own.toString();
      }
    } catch (IOException e) {
      // no such system, or the name is of another's /dev
    }
    return "/dev/tty";
  }

  @Override
  public Size size() {
    try {
      org.jline.terminal.Size size = pty.getSize();
      return new Size(size.getColumns(), size.getRows());
    } catch (IOException e) {
      return new Size(0, 0); // it is gone, or there is no stty
    }
  }

  @Override
  public void onResize(Runnable listener) {
    handlerBefore = Signals.register(WINCH, listener);
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public Charset charset() {
    String name = System.getProperty("stderr.encoding", System.getProperty("native.encoding"));
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }

  @Override
  public void close() {
    Signals.unregister(WINCH, handlerBefore);
    TAKEN.set(false);
  }
}
