package io.delegate.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;
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
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{32}");

  /** In each archive's directory; its time is that of the last use. */
  private static final String USED = "used";

  private ArchiveRoot() {}

  /**
   * Where the archives of this user usually are: {@code delegate} in the directory that the system
   * has for what can be made again. It need not exist.
   *
   * @return null where the user has no home
   */
  public static @Nullable Path usual() {
    String home = System.getProperty("user.home", "");
    String given = System.getenv(Platform.WINDOWS ? "LOCALAPPDATA" : "XDG_CACHE_HOME");
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

  /** Makes a directory below, unless it is there. */
  static void make(Path root, Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = root.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectories(directory, forThisUser(directory));
    }
    if (!isSafe(root)) {
      throw new IOException(root + " can be written by others than this user");
    }
  }

  private static FileAttribute<?>[] forThisUser(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Whether it is this user's, and no other can change what is in it. */
  static boolean isSafe(Path root) {
    try {
      Set<PosixFilePermission> open = Files.getPosixFilePermissions(root);
      return !open.contains(PosixFilePermission.GROUP_WRITE)
          && !open.contains(PosixFilePermission.OTHERS_WRITE)
          && isOwn(root);
    } catch (UnsupportedOperationException e) {
      return true; // then a profile of the user's keeps others out
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isOwn(Path root) throws IOException {
    Path process = Path.of("/proc/self");
    return !Files.exists(process)
        || Files.getOwner(root)
            .equals(Files.getOwner(process.toRealPath(), LinkOption.NOFOLLOW_LINKS));
  }

  /** Notes that an archive was used. */
  static void touch(Path directory) {
    Path used = directory.resolve(USED);
    try {
      if (!Files.exists(used)) {
        Files.createFile(used);
      }
      Files.setLastModifiedTime(used, FileTime.from(Instant.now()));
    } catch (IOException e) {
      LOG.trace("{} is not noted as used", directory, e);
    }
  }

  /** Removes what nobody has used for long: of programs and JDKs that are gone. */
  static void sweep(Path root) {
    Instant limit = Instant.now().minus(UNUSED);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root)) {
      for (Path directory : all) {
        if (KEY.matcher(directory.getFileName().toString()).matches()
            && lastUse(directory).isBefore(limit)) {
          Deletion.delete(directory);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} was not swept", root, e);
    }
  }

  private static Instant lastUse(Path directory) throws IOException {
    Path used = directory.resolve(USED);
    return Files.getLastModifiedTime(Files.exists(used) ? used : directory).toInstant();
  }
}
