package io.delegate.worker;

import io.delegate.wire.Mark;
import io.delegate.wire.Marking;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the parent whose the lines are that this JVM writes to stdout and stderr.
 *
 * <p>Lines of Java code are told exactly: a {@link MarkedStream} marks the first of each item. What
 * native code writes is nobody's to see, so items are marked when they begin; but not each of a
 * million, or a work of microseconds would pay a system call per item for nothing. Those are: the
 * item after one that took long, one now and then, and for stderr the item after one that printed
 * more than once.
 */
final class Marks {
  /** Nanoseconds from an item's start to the next that make a mark cheap beside the item. */
  static final long SLOW = TimeUnit.MILLISECONDS.toNanos(1);

  /** The same for stdout, which says less about deaths. */
  static final long SLOW_OUT = TimeUnit.MILLISECONDS.toNanos(5);

  /** Nanoseconds after which even fast items get one: it bounds how far native lines are off. */
  static final long STALE = TimeUnit.MILLISECONDS.toNanos(20);

  private MarkedStream[] streams = {};
  private final Thread runner = Thread.currentThread();

  /** Read by all that print: a late view of it is one of an item that has just ended. */
  private Begun begun = new Begun(0);

  private long begunAt = System.nanoTime();
  private long since;

  /** Puts the streams in place that are allowed. To be called by the thread that runs the works. */
  static Marks install(Marking marking) {
    Marks marks = new Marks();
    byte[] prefix = Mark.prefix(marking.secret());
    if (isAllowed(marking.out(), marking, 1)) {
      OutputStream out = marks.stream(prefix, false, FileDescriptor.out);
      System.setOut(new PrintStream(out, true, charset("stdout.encoding")));
    }
    if (isAllowed(marking.err(), marking, 2)) {
      OutputStream err = marks.stream(prefix, true, FileDescriptor.err);
      System.setErr(new PrintStream(err, true, charset("stderr.encoding")));
    }
    return marks;
  }

  private MarkedStream stream(byte[] prefix, boolean isErr, FileDescriptor descriptor) {
    boolean linux = "Linux".equals(System.getProperty("os.name"));
    return add(
        prefix,
        isErr,
        new FileOutputStream(descriptor),
        linux ? new FileInputStream(descriptor) : null); // elsewhere it may not tell, or not right
  }

  MarkedStream add(byte[] prefix, boolean isErr, OutputStream to, @Nullable InputStream unread) {
    MarkedStream stream = new MarkedStream(this, prefix, isErr, to, unread);
    streams = Arrays.copyOf(streams, streams.length + 1);
    streams[streams.length - 1] = stream;
    return stream;
  }

  /** A launcher may have put a file in the place of the parent's pipe, or one pipe for both. */
  private static boolean isAllowed(long permission, Marking marking, int descriptor) {
    if (permission == Marking.NEVER || permission == Marking.ALWAYS) {
      return permission == Marking.ALWAYS;
    }
    try {
      String open = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return open.equals("pipe:[" + marking.out() + "]")
          || open.equals("pipe:[" + marking.err() + "]");
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** As the JDK's own stream has it, which tells only from JDK 18 on. */
  private static Charset charset(String property) {
    int jdk = Runtime.version().feature();
    try {
      String name = System.getProperty(jdk < 19 ? "sun." + property : property);
      if (name == null && jdk >= 18) {
        name = System.getProperty("native.encoding");
      }
      return name == null ? Charset.defaultCharset() : Charset.forName(name);
    } catch (IllegalArgumentException unknown) {
      return Charset.defaultCharset();
    }
  }

  Begun begun() {
    return begun;
  }

  boolean isRunner() {
    return Thread.currentThread() == runner;
  }

  /**
   * An item begins.
   *
   * @param known whether {@link #item} follows at once; else a mark that is due is written now,
   *     since decoding runs the user's code, and may need more memory than there is
   */
  void begin(long seq, long now, boolean known) {
    if (streams.length == 0) {
      return;
    }
    for (MarkedStream stream : streams) {
      stream.end();
    }
    since = now - begunAt;
    begunAt = now;
    begun = new Begun(seq);
    if (!known) {
      mark();
    }
  }

  /** What the item is that has begun, and the bytes it was sent in. */
  void item(@Nullable Object item, int bytes) {
    if (streams.length > 0) {
      begun.is(item, bytes);
      mark();
    }
  }

  private void mark() {
    for (MarkedStream stream : streams) {
      if (stream.isDue(begun, begunAt, since)) {
        stream.begin(begun, begunAt);
      }
    }
  }
}
