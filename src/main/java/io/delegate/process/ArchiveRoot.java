package io.delegate.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that holds the archives of one user, and nobody else's: classes in an archive run
 * with no further check.
 */
public final class ArchiveRoot {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveRoot.class);
  private static final Duration UNUSED = Duration.ofDays(30);

  /** More than that, of some 10 MB each, and the one goes that was not used for longest. */
  private static final int MOST = 16;

  /** What a program left behind that was killed while it wrote. */
  private static final Duration DRAFTS = Duration.ofHours(1);

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{32}");

  /** In each archive's directory; its time is that of the last use. */
  private static final String USED = "used";

  private static final int ROOT_USER = 0;
  private static final int OTHERS_WRITE = 022; // group, or anybody
  private static final int STICKY = 01000; // but only what is theirs

  private ArchiveRoot() {}

  /**
   * Where the archives of this user usually are: {@code delegate} in the directory that the system
   * has for what can be made again. It need not exist.
   *
   * @return null where the user has no home
   */
  public static @Nullable Path usual() {
    try {
      return usual(
          System.getenv(Platform.WINDOWS ? "LOCALAPPDATA" : "XDG_CACHE_HOME"),
          System.getProperty("user.home", ""));
    } catch (InvalidPathException e) { // letters that this JVM's encoding does not have
      return null;
    }
  }

  static @Nullable Path usual(@Nullable String given, String home) {
    if (given != null && Path.of(given).isAbsolute()) {
      return Path.of(given, "delegate");
    }
    if (home.isEmpty() || !Path.of(home).isAbsolute() || !Files.isDirectory(Path.of(home))) {
      return null;
    }
    return Platform.MAC
        ? Path.of(home, "Library", "Caches", "delegate")
        : Path.of(home, ".cache", "delegate");
  }

  /** The same without links, made if it is not there, if no other user can write there. */
  static Path open(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      Files.createDirectories(root, permissions(root, "rwx------"));
    }
    Path real = root.toRealPath();
    check(real);
    return real;
  }

  /** Makes a directory below, unless it is there. Who may look into the root may read it. */
  static void make(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, permissions(directory, "rwxr-xr-x"));
    }
    check(directory);
  }

  private static FileAttribute<?>[] permissions(Path path, String given) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(given))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Throws if another user, but for the one that may do all, can put something else in its place,
   * or anything into it. The path has no links.
   */
  static void check(Path real) throws IOException {
    if (!real.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return; // then a profile of the user's keeps others out
    }
    for (Path at = real; at != null; at = at.getParent()) {
      int owner = (int) Files.getAttribute(at, "unix:uid");
      int mode = (int) Files.getAttribute(at, "unix:mode");
      boolean open = (mode & OTHERS_WRITE) != 0 && (at.equals(real) || (mode & STICKY) == 0);
      if (open || (owner != ROOT_USER && owner != Self.USER)) {
        throw new IOException(at + " can be written by others than this user");
      }
    }
  }

  /** The number of this user, which is that of the processes it starts, and so of its files. */
  private static final class Self {
    static final int USER = user();

    private static int user() {
      try {
        Path file = Files.createTempFile("delegate-", ".user");
        try {
          return (int) Files.getAttribute(file, "unix:uid");
        } finally {
          Files.delete(file);
        }
      } catch (IOException | RuntimeException e) {
        return ROOT_USER;
      }
    }
  }

  /** Notes that an archive was used. */
  static void touch(Path directory) {
    Path used = directory.resolve(USED);
    try {
      if (!Files.exists(used)) {
        Files.createFile(used);
      }
      Files.setLastModifiedTime(used, FileTime.from(Instant.now()));
    } catch (IOException e) { // another's, as in an image: it stays as long as he likes
      LOG.trace("{} is not noted as used", directory, e);
    }
  }

  /**
   * Removes what nobody has used for long, of programs and JDKs that are gone, and what is left.
   */
  static void sweep(Path root) {
    Instant now = Instant.now();
    List<Path> archives = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root)) {
      for (Path directory : all) {
        if (KEY.matcher(directory.getFileName().toString()).matches()) {
          archives.add(directory);
          sweepDrafts(directory, now.minus(DRAFTS));
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} was not swept", root, e);
    }
    archives.sort(Comparator.comparing(ArchiveRoot::lastUse).reversed());
    for (int i = 0; i < archives.size(); i++) {
      if (i >= MOST || lastUse(archives.get(i)).isBefore(now.minus(UNUSED))) {
        Deletion.delete(archives.get(i));
      }
    }
  }

  private static void sweepDrafts(Path directory, Instant limit) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".new")).toList()) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static Instant lastUse(Path directory) {
    try {
      Path used = directory.resolve(USED);
      return Files.getLastModifiedTime(Files.exists(used) ? used : directory).toInstant();
    } catch (IOException e) {
      return Instant.MAX; // it is being removed
    }
  }
}
