package io.delegate.link;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a parent that nodes may want, by what they are, as they were when they were asked
 * about first. A directory is a jar that is the same each time it is made. Any thread.
 */
public final class Shelf {
  /** 1980, where the time of jars begins. */
  private static final long NO_TIME = 315_532_800_000L;

  private static final int PIECE = 64 << 10;

  /** More than any directory of classes has. */
  private static final long LARGEST = 512 << 20;

  private final Supplier<Path> places;
  private final Map<Path, Jar> known = new HashMap<>();

  /** Read while others are added, which may take long. */
  private final Map<Digest, Path> files = new ConcurrentHashMap<>();

  private @Nullable Path place;
  private int made;

  /**
   * Empty.
   *
   * @param places makes the directory for what is kept here, when something is; the caller removes
   *     it
   */
  public Shelf(Supplier<Path> places) {
    this.places = places;
  }

  /**
   * What these are. Reads them once.
   *
   * @param paths jars and directories
   * @return in the same order
   * @throws IOException when one cannot be read
   */
  public synchronized List<Jar> of(List<Path> paths) throws IOException {
    List<Jar> jars = new ArrayList<>();
    for (Path path : paths) {
      Jar jar = known.get(path);
      if (jar == null) {
        jar = Files.isDirectory(path) ? pack(path) : add(path);
        known.put(path, jar);
      }
      jars.add(jar);
    }
    return List.copyOf(jars);
  }

  /**
   * Where one is.
   *
   * @param digest which
   * @return null for what was never asked about here
   */
  public @Nullable Path find(Digest digest) {
    return files.get(digest);
  }

  private Path newFile() {
    Path directory = place;
    if (directory == null) {
      directory = places.get();
      place = directory;
    }
    return directory.resolve(++made + ".jar");
  }

  private Jar add(Path path) throws IOException {
    Path file = newFile();
    try { // a build may put another in its place
      Files.createLink(file, path.toRealPath());
    } catch (IOException | UnsupportedOperationException | SecurityException noLinks) {
      Files.copy(path, file);
    }
    MessageDigest digest = Digest.begin();
    long size = 0;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = new byte[PIECE];
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        digest.update(bytes, 0, read);
        size += read;
      }
    }
    return add(path, file, Digest.of(digest), size);
  }

  private Jar add(Path name, Path file, Digest digest, long size) {
    files.put(digest, file);
    return new Jar(String.valueOf(name.getFileName()), digest, size);
  }

  private Jar pack(Path directory) throws IOException {
    Path jar = newFile();
    MessageDigest digest = Digest.begin();
    try (OutputStream out =
            new BufferedOutputStream(Files.newOutputStream(jar, StandardOpenOption.CREATE_NEW));
        ZipOutputStream zip = new ZipOutputStream(new DigestOutputStream(out, digest));
        Stream<Path> all = Files.walk(directory)) {
      long size = 0;
      for (Path file : all.filter(path -> !path.equals(directory)).sorted().toList()) {
        boolean isDirectory = Files.isDirectory(file);
        if (!isDirectory && !Files.isRegularFile(file)) {
          continue;
        }
        size += isDirectory ? 0 : Files.size(file);
        if (size > LARGEST) {
          throw new IOException(
              "directory %s of the class path has more than %,d bytes, and would be sent to each node; give the class path that works need (option classPath)"
                  .formatted(directory, LARGEST));
        }
        // who looks for the classes of a package asks for its directory
        String name = nameOf(directory.relativize(file)) + (isDirectory ? "/" : "");
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(NO_TIME);
        zip.putNextEntry(entry);
        if (!isDirectory) {
          Files.copy(file, zip);
        }
        zip.closeEntry();
      }
    }
    return add(directory, jar, Digest.of(digest), Files.size(jar));
  }

  private static String nameOf(Path relative) {
    List<String> names = new ArrayList<>();
    relative.forEach(name -> names.add(name.toString()));
    return String.join("/", names);
  }
}
