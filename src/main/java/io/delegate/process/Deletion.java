package io.delegate.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes directories with all that is in them; a symbolic link goes, what it points at stays. */
final class Deletion {
  private static final Logger LOG = LoggerFactory.getLogger(Deletion.class);

  /** A child that is dying may add a file (its crash report) while we delete. */
  private static final int ATTEMPTS = 5;

  private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwx------");

  private Deletion() {}

  static void delete(Path directory) {
    ProcessTree.Pause pause = new ProcessTree.Pause();
    for (int attempt = 1; ; attempt++) {
      try {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
          Files.walkFileTree(directory, new Visitor());
        }
        return;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          LOG.debug("{} is left behind", directory, e);
          return;
        }
        pause.next();
      }
    }
  }

  /** What is in a directory can go only if its owner may read, write and enter it. */
  private static void open(Path directory) {
    try {
      Set<PosixFilePermission> permissions =
          Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
      if (permissions.addAll(OPEN)) {
        Files.setPosixFilePermissions(directory, permissions);
      }
    } catch (IOException | UnsupportedOperationException e) {
      // gone, another's, or a system without such permissions: the deletion will tell
    }
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      open(directory);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && !Files.isReadable(file)) {
        open(file);
        if (Files.isReadable(file)) {
          Files.walkFileTree(file, this);
        }
      }
      Files.deleteIfExists(file); // another sweeper was here, or it is a directory we cannot read
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
