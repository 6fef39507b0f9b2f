package io.delegate.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is inside a jar, on disk, since a JVM looks for classes in no jar inside a jar. A directory
 * for each jar and choice of entries, named by how that jar looks; made once, as a draft that is
 * renamed into place when it is whole, and then never changed. Whoever uses it holds a lock on one
 * of its files, so that nobody sweeps it away.
 */
final class Unpacked {
  private static final Logger LOG = LoggerFactory.getLogger(Unpacked.class);

  /** The layout; one more whenever it changes. */
  private static final int FORMAT = 1;

  /** Where they are, below the directory of the archives of classes. */
  static final String HOME = "unpacked";

  /** What is in it: the jar it is of, then a size and a name in each line. Written last. */
  static final String CONTENTS = "contents";

  /** Locked by those who use it; its time is that of the last use. */
  static final String USED = "used";

  /** It may have been removed, or half of it, by whoever cleans there. */
  private static final int ATTEMPTS = 5;

  /** For that long a program is waited for that holds a directory to remove it. */
  private static final int LOOKS = 100;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** How often it is noted that it is used. */
  private static final Duration NOTED = Duration.ofHours(1);

  /** Children that start one after the other need not all fill the same disk. */
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** The last time, and why. */
  private record Failure(long at, IOException why) {}

  private static final Map<String, Failure> FAILED = new ConcurrentHashMap<>();

  /**
   * What this JVM has unpacked, by jar, entries and root. It keeps to that, even if the jar is
   * replaced by a newer one.
   */
  private static final Map<String, Unpacked> KNOWN = new ConcurrentHashMap<>();

  private final Path directory;
  private final Map<String, Path> places;

  /**
   * Of {@link #USED}, open for as long as this JVM runs, since on POSIX all locks of a process on a
   * file go as soon as it closes that file once. Null where it cannot be opened.
   */
  private final @Nullable FileChannel lock;

  private Unpacked(Path directory, Map<String, Path> places, @Nullable FileChannel lock) {
    this.directory = directory;
    this.places = places;
    this.lock = lock;
  }

  /**
   * Unpacks them, unless that was done before. Blocks for as long as it takes to write them.
   *
   * @param jar the outer jar
   * @param entries names of jars in it, and of directories
   * @param roots where it may be put: the first that serves is taken
   * @return where each entry is; those are left out that the jar does not have
   * @throws IOException if no root serves
   */
  static Map<String, Path> of(Path jar, List<String> entries, List<Path> roots) throws IOException {
    synchronized (KNOWN) { // children that start together need the same
      String request = jar + "\n" + String.join("\n", entries);
      for (Path root : roots) {
        Unpacked known = KNOWN.get(request + "\n" + root);
        if (known != null && known.isWhole()) {
          known.note();
          return known.places;
        }
      }
      if (!Files.exists(jar)) {
        return Map.of(); // as a class path may name what is not there
      }
      for (Path root : roots) {
        Unpacked damaged = KNOWN.remove(request + "\n" + root);
        if (damaged != null) {
          damaged.close();
        }
      }
      String attempt = request + "\n" + roots;
      Failure failed = FAILED.get(attempt);
      if (failed != null && System.nanoTime() - failed.at() < PAUSE_NANOS) {
        String why = failed.why().getMessage();
        throw new IOException(why + " (that was less than a minute ago)", failed.why());
      }
      try {
        return make(jar, entries, roots, (root, made) -> KNOWN.put(request + "\n" + root, made));
      } catch (IOException e) {
        FAILED.put(attempt, new Failure(System.nanoTime(), e));
        throw e;
      }
    }
  }

  /** Whether this JVM uses that directory: then its files are not to be opened and closed. */
  static boolean isUsedHere(Path directory) {
    return KNOWN.values().stream().anyMatch(known -> known.directory.equals(directory));
  }

  /** Nothing below that root is used any more: it is about to be deleted. */
  static void leave(Path root) {
    for (Map.Entry<String, Unpacked> known : KNOWN.entrySet()) {
      if (known.getValue().directory.startsWith(root)) {
        KNOWN.remove(known.getKey(), known.getValue());
        try {
          known.getValue().close();
        } catch (IOException e) {
          LOG.debug("{} is not closed", known.getValue().directory, e);
        }
      }
    }
  }

  /** As a program does it that has just begun, beside others. */
  static Map<String, Path> anew(Path jar, List<String> entries, List<Path> roots)
      throws IOException {
    return make(jar, entries, roots, (root, made) -> {});
  }

  private static Map<String, Path> make(
      Path jar, List<String> entries, List<Path> roots, BiConsumer<Path, Unpacked> keep)
      throws IOException {
    String key =
        Fingerprint.hash(
            FORMAT + "\n" + Fingerprint.ofJar(jar) + "\n" + String.join("\n", entries));
    IOException failed = null;
    for (Path root : roots) {
      try {
        Unpacked made = in(home(root, jar), key, jar, entries);
        keep.accept(root, made);
        return made.places;
      } catch (IOException e) {
        LOG.debug("{} cannot be unpacked to {}", jar, root, e);
        failed = failed == null ? e : failed;
      }
    }
    throw failed == null ? new IOException("there is no place for it") : failed;
  }

  /** Made with mode 0700; who may look into the root and into the jar may read it, too. */
  private static Path home(Path root, Path jar) throws IOException {
    Path open = ArchiveRoot.open(root);
    Path home = open.resolve(HOME);
    if (!Files.isDirectory(home)) {
      UnpackedFiles.directory(home, UnpackedFiles.isPublic(open) && UnpackedFiles.isPublic(jar));
    }
    ArchiveRoot.check(home.toRealPath());
    return home;
  }

  private static Unpacked in(Path home, String key, Path jar, List<String> entries)
      throws IOException {
    Path directory = home.resolve(key);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (Files.isDirectory(directory)) {
        Unpacked found = find(directory, entries);
        if (found != null) {
          return found;
        }
      } else {
        write(home, directory, jar, entries);
      }
    }
    throw new IOException(directory + " is damaged again and again");
  }

  /** Null where it was damaged, or went while it was looked at. */
  private static @Nullable Unpacked find(Path directory, List<String> entries) throws IOException {
    try {
      ArchiveRoot.check(directory.toRealPath());
      FileChannel lock = lock(directory); // before the look: from now on nobody sweeps it away
      Unpacked found = new Unpacked(directory, places(directory, entries), lock);
      if (found.isWhole()) {
        found.touch();
        return found;
      }
      found.close();
      LOG.debug("{} is damaged: it is made anew", directory);
      remove(directory);
    } catch (NoSuchFileException e) { // another was faster to remove it
      LOG.debug("{} has gone", directory, e);
    }
    return null;
  }

  private static void write(Path home, Path directory, Path jar, List<String> entries)
      throws IOException {
    boolean open = UnpackedFiles.isPublic(home) && UnpackedFiles.isPublic(jar);
    Path draft = UnpackedFiles.draft(home, open);
    try {
      UnpackedFiles.write(jar, entries, draft);
      Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
      LOG.debug("{} is unpacked to {}", jar, directory);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(directory)) { // else another was faster
        throw e;
      }
    } finally {
      Deletion.delete(draft);
    }
    UnpackedSweep.of(home);
  }

  /** Out of the way first, so that nobody sees half of it. */
  static void remove(Path directory) throws IOException {
    Path gone = directory.resolveSibling(UnpackedFiles.DRAFT + System.nanoTime());
    Files.move(directory, gone, StandardCopyOption.ATOMIC_MOVE);
    Deletion.delete(gone);
  }

  private static @Nullable FileChannel lock(Path directory) throws IOException {
    for (int look = 1; look <= LOOKS; look++) {
      FileChannel channel = open(directory.resolve(USED));
      try {
        if (channel == null || channel.tryLock(0, Long.MAX_VALUE, true) != null) {
          return channel;
        }
      } catch (IOException | OverlappingFileLockException e) { // not known, or another has it here
        LOG.debug("{} is not locked", directory, e);
        return channel;
      }
      channel.close();
      LockSupport.parkNanos(LOOK_NANOS); // it is being removed
    }
    throw new IOException(directory + " is held by another program that is to remove it");
  }

  private static @Nullable FileChannel open(Path used) {
    try {
      return Files.isWritable(used)
          ? FileChannel.open(used, StandardOpenOption.READ, StandardOpenOption.WRITE)
          : FileChannel.open(used);
    } catch (IOException e) {
      LOG.debug("{} is not opened", used, e);
      return null;
    }
  }

  private void note() {
    try {
      FileTime noted = Files.getLastModifiedTime(directory.resolve(USED));
      if (noted.toInstant().isBefore(Instant.now().minus(NOTED))) {
        touch();
      }
    } catch (IOException e) {
      LOG.trace("{} is not noted as used", directory, e);
    }
  }

  /** By a write where there are POSIX locks: to set its time is to open the file and close it. */
  private void touch() {
    try {
      if (Platform.WINDOWS) {
        Files.setLastModifiedTime(directory.resolve(USED), FileTime.from(Instant.now()));
      } else if (lock != null && !Thread.currentThread().isInterrupted()) { // that would close it
        lock.write(ByteBuffer.allocate(1), 0);
      }
    } catch (IOException | NonWritableChannelException e) { // another's, as in an image
      LOG.trace("{} is not noted as used", directory, e);
    }
  }

  private static Map<String, Path> places(Path directory, List<String> entries) throws IOException {
    Map<String, Path> places = new LinkedHashMap<>();
    for (String entry : entries) {
      for (Path place : UnpackedFiles.candidates(directory, entry)) {
        if (Files.exists(place)) {
          places.put(entry, place);
          break;
        }
      }
    }
    return places;
  }

  /** All that was written is there, in its whole length. */
  private boolean isWhole() {
    try {
      List<String> lines = Files.readAllLines(directory.resolve(CONTENTS));
      for (String line : lines.subList(1, lines.size())) {
        int blank = line.indexOf(' ');
        Path file = directory.resolve(line.substring(blank + 1));
        if (Files.size(file) != Long.parseLong(line.substring(0, blank))) {
          return false;
        }
      }
      return true;
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      return false;
    } catch (IndexOutOfBoundsException e) { // cut short
      return false;
    }
  }

  private void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }

  /** For tests: as a JVM that has not seen any. */
  static void forget() {
    synchronized (KNOWN) {
      List<Unpacked> all = new ArrayList<>(KNOWN.values());
      KNOWN.clear();
      FAILED.clear();
      for (Unpacked unpacked : all) {
        try {
          unpacked.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
