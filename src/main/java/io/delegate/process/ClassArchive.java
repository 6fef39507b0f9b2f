package io.delegate.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The archive of loaded classes (class-data sharing, JEP 310) for one JDK and one class path: a
 * child maps it and need not find, read and verify those classes. It is in a directory of its own
 * with the jar its children start from, since an archive is good for the very class path it was
 * made with. Its name tells its length and a sum over it: some JVMs die of one that is cut short.
 */
final class ClassArchive {
  private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{8})-(\\d{1,10})\\.jsa");

  /** The layout of what is kept; one more whenever that, or a flag of the dump, changes. */
  private static final int FORMAT = 3;

  private static final int CHUNK = 64 * 1024;

  /** How often it is noted that an archive is in use. */
  private static final long TOUCH_NANOS = TimeUnit.DAYS.toNanos(1);

  /** What this JVM knows of the archives, by directory. */
  private static final Map<Path, Past> PASTS = new ConcurrentHashMap<>();

  /** The archives this JVM has read once, and found whole; and when that was. */
  private static final Map<Path, Long> WHOLE = new ConcurrentHashMap<>();

  /** Its past in this JVM. */
  private static final class Past {
    /** A try that failed counts three, one that was broken off counts one. */
    private static final int MOST_TRIES = 9;

    private static final int FAILED = 3;

    /** So often in a row a start failed with it, and the next without it did not. */
    private static final int MOST_DOUBTS = 2;

    private int tries;
    private int failed;
    private int doubts;
    private boolean distrusted;

    synchronized boolean isTrusted() {
      return !distrusted && failed == 0;
    }

    synchronized boolean isWanted() {
      return !distrusted && failed == 0 && tries < MOST_TRIES;
    }

    synchronized void tried(boolean brokenOff) {
      tries += brokenOff ? 1 : FAILED;
    }

    synchronized void startFailed() {
      failed++;
    }

    synchronized void started() {
      doubts = 0;
    }

    /** True if it is to go. */
    synchronized boolean startedWithout() {
      doubts += failed > 0 ? 1 : 0;
      failed = 0;
      distrusted |= doubts >= MOST_DOUBTS;
      return distrusted;
    }
  }

  private final Path directory;
  private final List<Path> jars;
  private final String mainClass;

  private ClassArchive(Path directory, List<Path> jars, String mainClass) {
    this.directory = directory;
    this.jars = jars;
    this.mainClass = mainClass;
  }

  /** The one for children started so, which need not have been made. {@code root} is real. */
  static ClassArchive of(Path root, LaunchSpec spec, List<Path> jars) throws IOException {
    Path java = spec.javaHome().toRealPath();
    StringBuilder key = new StringBuilder("format ").append(FORMAT);
    key.append('\n').append(spec.mainClass());
    key.append('\n').append(Fingerprint.of(java.resolve("lib").resolve("modules")));
    for (Path jar : jars) {
      key.append('\n').append(Fingerprint.ofJar(jar));
    }
    Path directory = root.resolve(Fingerprint.hash(key.toString()));
    return new ClassArchive(directory, List.copyOf(jars), spec.mainClass());
  }

  private Past past() {
    return PASTS.computeIfAbsent(directory, unused -> new Past());
  }

  /** The jars of the class path. */
  List<Path> entries() {
    return jars;
  }

  /** The jar that names the class path; first on that of a child. Made unless it is there. */
  Path jar() throws IOException {
    ArchiveRoot.make(directory);
    return ChildJar.in(directory, jars, List.of(), mainClass);
  }

  /** The archive, if there is a good one. */
  @Nullable Path file() throws IOException {
    if (!past().isTrusted() || !Files.isDirectory(directory)) {
      return null;
    }
    ArchiveRoot.check(directory);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jsa")) {
      for (Path file : files) {
        if (isWhole(file)) {
          return file;
        }
      }
    }
    return null;
  }

  private boolean isWhole(Path file) throws IOException {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches() || Files.size(file) != Long.parseLong(name.group(2))) {
      return false;
    }
    Long seen = WHOLE.get(file);
    if (seen == null && !sum(file).equals(name.group(1))) {
      LOG.debug("{} is damaged", file);
      Files.deleteIfExists(file);
      return false;
    }
    if (seen == null || System.nanoTime() - seen > TOUCH_NANOS) {
      WHOLE.put(file, System.nanoTime());
      ArchiveRoot.touch(directory);
    }
    return true;
  }

  private static String sum(Path file) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] bytes = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
        sum.update(bytes, 0, length);
      }
    }
    return String.format(Locale.ROOT, "%08x", sum.getValue());
  }

  // ---- making it

  /** Whether it is worth a try. */
  boolean isWanted() {
    return past().isWanted();
  }

  /** A try that was broken off says less than one that failed. */
  void tried(boolean brokenOff) {
    past().tried(brokenOff);
  }

  /**
   * Takes a new one, in place of older ones. It is made elsewhere, where all goes with the program
   * however that ends; what is half written here is there for as long as a copy takes.
   */
  void take(Path made) throws IOException {
    ArchiveRoot.make(directory);
    Path file = directory.resolve(sum(made) + "-" + Files.size(made) + ".jsa");
    Path draft = Files.createTempFile(directory, "archive-", ".new");
    try {
      Files.copy(made, draft, StandardCopyOption.REPLACE_EXISTING);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
    WHOLE.put(file, System.nanoTime());
    ArchiveRoot.touch(directory);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jsa")) {
      for (Path other : files) {
        if (Files.getLastModifiedTime(other).compareTo(Files.getLastModifiedTime(file)) < 0) {
          Files.deleteIfExists(other);
        }
      }
    }
    Path root = directory.getParent();
    if (root != null) {
      ArchiveRoot.sweep(root);
    }
  }

  // ---- whether it serves

  /** A child is up that started from it. */
  void started() {
    past().started();
  }

  /**
   * A child ended by itself before it was up. That may have any reason: the next starts without it.
   */
  void startFailed() {
    past().startFailed();
  }

  /** A child is up that started without it: if that was for a failed start, it may be to blame. */
  void startedWithout() {
    if (past().startedWithout()) {
      try {
        DaemonThread.start("delegate-archive", this::remove); // who calls must not wait for a disk
      } catch (OutOfMemoryError noThread) {
        LOG.debug("{} is left behind", directory, noThread);
      }
    }
  }

  private void remove() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jsa")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
        LOG.warn(
            "children that started from the class archive {} failed, and one that started without"
                + " it did not: it is removed, and this program makes no other",
            file);
      }
    } catch (IOException e) {
      LOG.debug("{} is left behind", directory, e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClassArchive that && directory.equals(that.directory);
  }

  @Override
  public int hashCode() {
    return directory.hashCode();
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
