package io.delegate.process;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
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
        deleteTree(directory);
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

  private static void deleteTree(Path directory) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isDirectory()) {
        empty(directory, attributes.fileKey());
      }
      Files.delete(directory);
    } catch (NoSuchFileException e) {
      // another sweeper was here
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void empty(Path directory, @Nullable Object key) throws IOException {
    open(directory);
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      if (!(stream instanceof SecureDirectoryStream<Path> top)) {
        Files.walkFileTree(directory, new Visitor());
        return;
      }
      BasicFileAttributeView opened = top.getFileAttributeView(BasicFileAttributeView.class);
      if (!Objects.equals(opened.readAttributes().fileKey(), key)) {
        throw new IOException(directory + " has become another");
      }
      new Flattening(directory, top).run();
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

  /**
   * Works with open directories and the names in them, so that nobody can put a link in place of a
   * directory meanwhile. A child can nest directories deeper than a path or a stack can be: what is
   * below a few levels is moved to the top, and met there in the next round.
   */
  private record Flattening(Path path, SecureDirectoryStream<Path> top) {
    /** Each takes a descriptor, and up to 256 of the 4,096 bytes that a path can have. */
    private static final int LEVELS = 8;

    /** Ten thousand levels on a busy machine; but one that lives may add to them for ever. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    void run() throws IOException {
      ProcessTree.Pause watch = new ProcessTree.Pause();
      for (boolean more = true; more; ) {
        if (watch.elapsed().compareTo(LIMIT) > 0) {
          throw new IOException(path + " grows and grows");
        }
        try (SecureDirectoryStream<Path> round = in(top, Path.of("."))) {
          more = empty(round, path, 1);
        }
      }
    }

    /** True if something was moved to the top. */
    private boolean empty(SecureDirectoryStream<Path> directory, Path path, int level)
        throws IOException {
      boolean moved = false;
      for (Path entry : directory) {
        Path name = entry.getFileName();
        try {
          if (!isDirectory(directory, name)) {
            directory.deleteFile(name);
          } else if (level < LEVELS) {
            moved |= delete(directory, path.resolve(name), name, level + 1);
          } else {
            open(path.resolve(name)); // its entry ".." is written to
            directory.move(name, top, Path.of(UUID.randomUUID().toString()));
            moved = true;
          }
        } catch (NoSuchFileException e) {
          // another sweeper was here
        }
      }
      return moved;
    }

    private boolean delete(SecureDirectoryStream<Path> parent, Path path, Path name, int level)
        throws IOException {
      boolean moved = false;
      open(path);
      try (SecureDirectoryStream<Path> directory = in(parent, name)) {
        moved = empty(directory, path, level);
      } catch (AccessDeniedException unreadable) {
        // it can go if it is empty
      }
      parent.deleteDirectory(name);
      return moved;
    }

    private static SecureDirectoryStream<Path> in(SecureDirectoryStream<Path> parent, Path name)
        throws IOException {
      return parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> parent, Path name)
        throws IOException {
      return parent
          .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .readAttributes()
          .isDirectory();
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
