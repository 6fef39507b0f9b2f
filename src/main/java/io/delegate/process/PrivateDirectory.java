package io.delegate.process;

import io.delegate.DelegateException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory for one gateway's socket, ledgers and generated files, which only this user can
 * enter. It goes when it is closed or the JVM ends; if the JVM is killed, the next {@link #create}
 * of this user sweeps it away.
 */
public final class PrivateDirectory implements AutoCloseable {
  static final String NAME_START = "delegate-";
  private static final Pattern NAME = Pattern.compile(NAME_START + "\\d+-[0-9a-f]{8}");

  /** The address of a Unix socket holds 104 bytes on macOS, 108 on Linux, with a NUL. */
  private static final int LONGEST_SOCKET = 100;

  /** A slash and {@link #NAME} with seven digits, a slash and twenty bytes for {@link #file}. */
  private static final int ROOM_BELOW_BASE = 1 + 25 + 1 + 20;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path path;
  private final FileChannel claim;
  private final Thread hook;
  private final AtomicLong children = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  private PrivateDirectory(Path path, FileChannel claim) {
    this.path = path;
    this.claim = claim;
    this.hook = new Thread(null, this::onShutdown, "delegate-shutdown", 0, false);
    hook.setContextClassLoader(PrivateDirectory.class.getClassLoader());
  }

  /**
   * Makes the directory below {@code java.io.tmpdir}, or below {@code /tmp} or the user's home
   * where the address of a socket in the first would be too long, and sweeps its siblings.
   *
   * @return the directory
   * @throws DelegateException if it cannot be made
   */
  public static PrivateDirectory create() {
    String tmpdir = System.getProperty("java.io.tmpdir", "");
    String home = System.getProperty("user.home", "");
    return createIn(tmpdir, List.of("/tmp", home));
  }

  static PrivateDirectory createIn(String tmpdir, List<String> fallbacks) {
    PrivateDirectory made = makeIn(tmpdir, fallbacks);
    Sweep.siblingsOf(made.path);
    return made;
  }

  private static PrivateDirectory makeIn(String tmpdir, List<String> fallbacks) {
    Path base = Path.of(tmpdir).toAbsolutePath();
    if (!Files.isDirectory(base)) {
      throw unusable(tmpdir, "it is no directory", null);
    }
    try {
      Path path = make(shortest(base.toRealPath(), fallbacks));
      try {
        PrivateDirectory directory = new PrivateDirectory(path, Owner.claim(path));
        directory.goWithTheJvm();
        return directory;
      } catch (IOException | RuntimeException e) {
        Deletion.delete(path);
        throw e;
      }
    } catch (IOException e) {
      throw unusable(tmpdir, e.toString(), e);
    } catch (IllegalStateException e) {
      throw new DelegateException(Departure.NO_CHILDREN, e);
    }
  }

  /** The first base that leaves room for a socket; when none does, the first of all. */
  private static Path shortest(Path tmpdir, List<String> fallbacks) throws IOException {
    for (Path base : Stream.concat(Stream.of(tmpdir), fallbacks.stream().map(Path::of)).toList()) {
      if (Files.isDirectory(base) && Files.isWritable(base)) {
        Path real = base.toRealPath();
        int bytes = real.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes + ROOM_BELOW_BASE <= LONGEST_SOCKET) {
          return real;
        }
      }
    }
    return tmpdir;
  }

  private static Path make(Path base) throws IOException {
    FileAttribute<?>[] attributes =
        base.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    String random = HexFormat.of().toHexDigits(RANDOM.nextInt());
    String name = NAME_START + ProcessHandle.current().pid() + "-" + random;
    return Files.createDirectory(base.resolve(name), attributes);
  }

  private static DelegateException unusable(
      String tmpdir, String problem, @Nullable Throwable cause) {
    return new DelegateException(
        "no private directory can be made: java.io.tmpdir = "
            + tmpdir
            + ": "
            + problem
            + "; start this JVM with -Djava.io.tmpdir=<a directory this user can write to>",
        cause);
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whose it is, or was. */
  static long pidIn(String name) {
    return Long.parseLong(name.substring(NAME_START.length(), name.lastIndexOf('-')));
  }

  /**
   * Where it is.
   *
   * @return an absolute path without symbolic links
   */
  public Path path() {
    return path;
  }

  /**
   * A file in it.
   *
   * @param name at most 20 bytes if it is to be a socket
   * @return the path
   */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** The name by which the children's cookies start. */
  String name() {
    return path.getFileName().toString();
  }

  /** Numbers the children. */
  long nextChild() {
    return children.incrementAndGet();
  }

  /** Deletes the directory and all in it. Kill the children first. Blocks shortly; idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException shuttingDown) {
        // the hook may run now: it deletes the same
      }
      delete();
    }
  }

  private void goWithTheJvm() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      if (!Departure.afterwards(this::killAndDelete)) {
        throw shuttingDown;
      }
    }
  }

  private void onShutdown() {
    Departure.await();
    killAndDelete();
  }

  private void killAndDelete() {
    ProcessTree.killAllWithCookie(name() + "/");
    delete();
  }

  private void delete() {
    Unpacked.leave(path);
    Owner.release(path, claim);
    Deletion.delete(path);
  }
}
