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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
  private static final int FORMAT = 1;

  /** So many times in the life of this JVM it is tried to make one. */
  private static final int MOST_TRIES = 3;

  /** Fewer than failed starts in a row are held against the children themselves. */
  private static final int MOST_CRASHES = 2;

  private static final int CHUNK = 64 * 1024;

  /** The directories whose archives a child has crashed with, or that are no good at all. */
  private static final Set<Path> DISTRUSTED = ConcurrentHashMap.newKeySet();

  /** The archives this JVM has read once, and found whole. */
  private static final Set<Path> WHOLE = ConcurrentHashMap.newKeySet();

  /** Children in a row that crashed before they were up. */
  private static final Map<Path, Integer> CRASHES = new ConcurrentHashMap<>();

  private static final Map<Path, AtomicInteger> TRIES = new ConcurrentHashMap<>();

  private final Path root;
  private final Path directory;
  private final List<Path> jars;
  private final String mainClass;

  private ClassArchive(Path root, Path directory, List<Path> jars, String mainClass) {
    this.root = root;
    this.directory = directory;
    this.jars = jars;
    this.mainClass = mainClass;
  }

  /** The one for children started so; it need not have been made. */
  static ClassArchive of(Path root, LaunchSpec spec, List<Path> jars) throws IOException {
    Path java = spec.javaHome().toRealPath();
    StringBuilder key = new StringBuilder("format ").append(FORMAT);
    key.append('\n').append(spec.mainClass());
    key.append('\n').append(Fingerprint.of(java.resolve("lib").resolve("modules")));
    for (Path jar : jars) {
      key.append('\n').append(Fingerprint.of(jar));
    }
    Path directory = root.resolve(Fingerprint.hash(key.toString()));
    return new ClassArchive(root, directory, List.copyOf(jars), spec.mainClass());
  }

  /** The jar that names the class path; first on that of a child. Made unless it is there. */
  Path jar() throws IOException {
    ArchiveRoot.make(root, directory);
    return ChildJar.in(directory, jars, List.of(), mainClass);
  }

  /** The archive, if there is a good one. */
  @Nullable Path file() {
    if (DISTRUSTED.contains(directory) || !Files.isDirectory(directory)) {
      return null;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jsa")) {
      for (Path file : files) {
        if (isWhole(file)) {
          return file;
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("no class archive can be read from {}", directory, e);
    }
    return null;
  }

  private boolean isWhole(Path file) throws IOException {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches() || Files.size(file) != Long.parseLong(name.group(2))) {
      return false;
    }
    if (!WHOLE.contains(file)) {
      if (!ArchiveRoot.isSafe(root) || !ArchiveRoot.isSafe(directory)) {
        LOG.warn("class archives in {} are not used: others than this user can write there", root);
        DISTRUSTED.add(directory);
        return false;
      }
      if (!sum(file).equals(name.group(1))) {
        LOG.debug("{} is damaged", file);
        Files.deleteIfExists(file);
        return false;
      }
      ArchiveRoot.touch(directory);
      WHOLE.add(file);
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

  /** Whether it is worth a try to make one. */
  boolean isWanted() {
    return !DISTRUSTED.contains(directory) && tries().get() < MOST_TRIES;
  }

  /** Counts the try. */
  boolean isTried() {
    return tries().incrementAndGet() <= MOST_TRIES;
  }

  private AtomicInteger tries() {
    return TRIES.computeIfAbsent(directory, unused -> new AtomicInteger());
  }

  /** A file for a new one, beside it. */
  Path draft() throws IOException {
    ArchiveRoot.make(root, directory);
    Path draft = Files.createTempFile(directory, "archive-", ".new");
    Files.delete(draft); // some JVMs do not write over a file
    return draft;
  }

  /** Takes a new one, in place of others. */
  void take(Path draft) throws IOException {
    Path file = directory.resolve(sum(draft) + "-" + Files.size(draft) + ".jsa");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jsa")) {
      for (Path other : files) {
        if (!other.equals(file)) {
          Files.deleteIfExists(other);
        }
      }
    }
    ArchiveRoot.touch(directory);
    ArchiveRoot.sweep(root);
  }

  /** A child is up with it. */
  void served() {
    CRASHES.remove(directory);
  }

  /**
   * A child crashed before it was up. Once may have been for any reason; twice in a row, and it
   * goes, and this JVM makes no other.
   */
  void crashed() {
    if (CRASHES.merge(directory, 1, Integer::sum) >= MOST_CRASHES) {
      distrust();
    }
  }

  private void distrust() {
    DISTRUSTED.add(directory);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jsa")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.debug("{} is left behind", directory, e);
    }
    LOG.warn(
        "{} children in a row crashed while they started from the class archive in {}: that is"
            + " removed, and others start without it",
        MOST_CRASHES,
        directory);
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
