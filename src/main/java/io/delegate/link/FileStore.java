package io.delegate.link;

import io.delegate.wire.ProtocolException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files that parents have sent to a node, by what they are. One is there when it has come to
 * its end and was what it was said to be; then it is never changed.
 */
public final class FileStore {
  /** No class path has such a jar; a parent that says so is not to fill the disk. */
  private static final long LARGEST = 4L << 30;

  private static final String DRAFT = "draft";

  /** No file is on its way for so long without a piece of it. */
  private static final Duration OLD = Duration.ofDays(1);

  private final Path directory;

  /**
   * Files in that directory, which is made if need be.
   *
   * @param directory of this user alone
   * @throws IOException when it cannot be made
   */
  public FileStore(Path directory) throws IOException {
    this.directory = directory;
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (UnsupportedOperationException noSuchRights) { // on this file system
      Files.createDirectories(directory);
    }
    sweep();
  }

  /** What nodes that were killed have left of files that had not come to their end. */
  private void sweep() throws IOException {
    FileTime old = FileTime.from(Instant.now().minus(OLD));
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(directory, DRAFT + "*")) {
      for (Path draft : drafts) {
        if (Files.getLastModifiedTime(draft).compareTo(old) < 0) {
          Files.deleteIfExists(draft);
        }
      }
    } catch (NoSuchFileException another) {
      // node was faster
    }
  }

  /**
   * Looks for one.
   *
   * @param jar which
   * @return where it is; null if it is not here
   */
  public @Nullable Path find(Jar jar) {
    Path file = place(jar.digest());
    try {
      return Files.isRegularFile(file) && Files.size(file) == jar.size() ? file : null;
    } catch (IOException gone) {
      return null;
    }
  }

  private Path place(Digest digest) {
    return directory.resolve(digest + ".jar");
  }

  /**
   * For what one parent sends.
   *
   * @return nothing has come yet
   */
  public Delivery delivery() {
    return new Delivery();
  }

  /** What is on its way from one parent. One thread at a time. */
  public final class Delivery implements AutoCloseable {
    private final Map<Digest, Draft> drafts = new HashMap<>();

    private Delivery() {}

    /**
     * A file will come.
     *
     * @param jar which
     * @return whether it was not expected already
     * @throws ProtocolException when it is too large
     */
    public boolean expect(Jar jar) throws ProtocolException {
      if (jar.size() > LARGEST) {
        throw new ProtocolException(
            "%s has %,d bytes, more than the %,d that a node takes"
                .formatted(jar.name(), jar.size(), LARGEST));
      }
      return drafts.putIfAbsent(jar.digest(), new Draft(jar)) == null;
    }

    /**
     * The next of a file.
     *
     * @param piece as it came
     * @throws ProtocolException when it was not expected, or is not what was said
     * @throws IOException when it cannot be written
     */
    public void came(Message.Piece piece) throws ProtocolException, IOException {
      Draft draft = drafts.get(piece.digest());
      if (draft == null) {
        throw new ProtocolException("a piece of a file that nobody wants: " + piece.digest());
      }
      draft.add(piece.bytes());
      if (piece.last()) {
        drafts.remove(piece.digest());
        draft.finish();
      }
    }

    /** What has not come to its end is forgotten. */
    @Override
    public void close() {
      drafts.values().forEach(Draft::close);
      drafts.clear();
    }
  }

  private final class Draft {
    private final Jar jar;
    private final MessageDigest digest = Digest.begin();
    private @Nullable Path file;
    private @Nullable OutputStream out;
    private long size;

    Draft(Jar jar) {
      this.jar = jar;
    }

    void add(byte[] bytes) throws ProtocolException, IOException {
      size += bytes.length;
      if (size > jar.size()) {
        throw new ProtocolException(jar.name() + " is longer than was said");
      }
      OutputStream to = out;
      if (to == null) {
        file = Files.createTempFile(directory, DRAFT, "");
        to = Files.newOutputStream(file);
        out = to;
      }
      digest.update(bytes);
      to.write(bytes);
    }

    void finish() throws ProtocolException, IOException {
      Path draft = file;
      try {
        if (out != null) {
          out.close();
        }
        if (draft == null || size != jar.size() || !Digest.of(digest).equals(jar.digest())) {
          throw new ProtocolException(jar.name() + " is not what was said");
        }
        Files.move(draft, place(jar.digest()), StandardCopyOption.ATOMIC_MOVE);
        file = null;
      } finally {
        close();
      }
    }

    void close() {
      try {
        if (out != null) {
          out.close();
        }
        if (file != null) {
          Files.deleteIfExists(file);
        }
      } catch (IOException left) {
        // a draft more in the directory
      }
    }
  }
}
