package io.delegate.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Writes what is inside a jar: jars as they are, and a jar of each directory. */
final class UnpackedFiles {
  /** How the names of directories begin that nobody uses yet, or any more. */
  static final String DRAFT = "draft-";

  private static final String JAR = ".jar";

  /** Of the outer manifest, what tells of the classes themselves. */
  private static final List<String> KEPT =
      List.of(
          "Implementation-Title",
          "Implementation-Version",
          "Implementation-Vendor",
          "Specification-Title",
          "Specification-Version",
          "Specification-Vendor",
          "Multi-Release");

  private UnpackedFiles() {}

  /** Writes them below a directory, and last of all what there is. */
  static void write(Path jar, List<String> entries, Path to) throws IOException {
    StringBuilder contents = new StringBuilder(Fingerprint.of(jar).replace('\n', ' ')).append('\n');
    try (ZipFile outer = new ZipFile(jar.toFile())) {
      long room = room(to);
      long needed = needed(outer, entries);
      if (room > 0 && needed > room) { // some file systems do not tell
        throw new IOException(
            "%s has room for %,d bytes; it takes %,d".formatted(to.getParent(), room, needed));
      }
      for (String entry : entries) {
        Path written = write(outer, entry, to);
        if (written != null) {
          protect(written, to);
          Fingerprint.dateless(written);
          contents.append(Files.size(written)).append(' ');
          contents.append(to.relativize(written)).append('\n');
        }
      }
    }
    protect(Files.createFile(to.resolve(Unpacked.USED)), to);
    protect(Files.writeString(to.resolve(Unpacked.CONTENTS), contents), to);
  }

  /** Bytes; 0 where that is not known, as below a root that is no mount point. */
  private static long room(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Whatever the umask would leave to others: only its owner may write it. */
  private static void protect(Path file, Path top) throws IOException {
    if (isPosix(file)) {
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(isPublic(top) ? "rw-r--r--" : "rw-------"));
    }
  }

  private static long needed(ZipFile outer, List<String> entries) {
    return outer.stream()
        .filter(inside -> entries.stream().anyMatch(entry -> isOf(entry, inside.getName())))
        .mapToLong(inside -> Math.max(0, inside.getSize()))
        .sum();
  }

  private static boolean isOf(String entry, String name) {
    return name.equals(entry) || name.startsWith(asDirectory(entry));
  }

  private static String asDirectory(String entry) {
    return entry.endsWith("/") ? entry : entry + "/";
  }

  /** Null if there is no such entry. */
  private static @Nullable Path write(ZipFile outer, String entry, Path to) throws IOException {
    List<Path> candidates = candidates(to, entry); // throws before anything is written
    ZipEntry file = entry.endsWith("/") ? null : outer.getEntry(entry);
    if (file != null && !file.isDirectory()) {
      Path place = candidates.get(0);
      makeParents(place, to);
      try (InputStream in = outer.getInputStream(file)) {
        Files.copy(in, place);
      }
      return place;
    }
    String prefix = asDirectory(entry);
    List<ZipEntry> inside = new ArrayList<>();
    outer.stream().filter(e -> e.getName().startsWith(prefix)).forEach(inside::add);
    if (inside.isEmpty()) {
      return null;
    }
    Path place = candidates.get(candidates.size() - 1);
    makeParents(place, to);
    pack(outer, prefix, inside, place);
    return place;
  }

  /**
   * Where an entry is: that of a jar first, that of a directory last.
   *
   * @throws IOException for a name that leads out of the directory
   */
  static List<Path> candidates(Path directory, String entry) throws IOException {
    Path packed = place(directory, entry, asDirectory(entry).replaceAll("/+$", "") + JAR);
    return entry.endsWith("/") ? List.of(packed) : List.of(place(directory, entry, entry), packed);
  }

  private static Path place(Path directory, String entry, String name) throws IOException {
    try {
      Path place = directory.resolve(name).normalize();
      if (place.startsWith(directory) && !place.equals(directory)) {
        return place;
      }
    } catch (InvalidPathException e) {
      throw new IOException("the entry \"" + entry + "\" cannot be a file: " + e.getReason(), e);
    }
    throw new IOException("the entry \"" + entry + "\" leads out of its jar");
  }

  private static void pack(ZipFile outer, String prefix, List<ZipEntry> inside, Path to)
      throws IOException {
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(to))) {
      jar.setLevel(Deflater.BEST_SPEED); // it is read more often than it is kept
      String manifest = prefix + JarFile.MANIFEST_NAME;
      put(jar, JarFile.MANIFEST_NAME, manifest(outer, manifest), null);
      for (ZipEntry entry : inside) {
        String name = entry.getName().substring(prefix.length());
        if (!name.isEmpty() && !leadsUp(name) && !entry.getName().equals(manifest)) {
          try (InputStream in = outer.getInputStream(entry)) {
            put(jar, name, in.readAllBytes(), entry);
          }
        }
      }
    }
  }

  private static boolean leadsUp(String name) {
    return Arrays.asList(name.split("[/\\\\]", -1)).contains("..");
  }

  private static void put(
      JarOutputStream jar, String name, byte[] bytes, @Nullable ZipEntry original)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    if (original != null && original.getTime() >= 0) {
      entry.setTime(original.getTime());
    } else {
      entry.setLastModifiedTime(Fingerprint.noDate());
    }
    jar.putNextEntry(entry);
    jar.write(bytes);
    jar.closeEntry();
  }

  /** The directory's own; else of the outer one what makes sense without it. */
  private static byte[] manifest(ZipFile outer, String own) throws IOException {
    ZipEntry entry = outer.getEntry(own);
    if (entry != null) {
      try (InputStream in = outer.getInputStream(entry)) {
        return in.readAllBytes();
      }
    }
    Manifest kept = new Manifest();
    kept.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    ZipEntry whole = outer.getEntry(JarFile.MANIFEST_NAME);
    if (whole != null) {
      try (InputStream in = outer.getInputStream(whole)) {
        Attributes attributes = new Manifest(in).getMainAttributes();
        for (String name : KEPT) {
          String value = attributes.getValue(name);
          if (value != null) {
            kept.getMainAttributes().putValue(name, value);
          }
        }
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    kept.write(bytes);
    return bytes.toByteArray();
  }

  // ---- directories

  static Path draft(Path home, boolean open) throws IOException {
    return Files.createTempDirectory(home, DRAFT, mode(home, open));
  }

  static void directory(Path path, boolean open) throws IOException {
    Files.createDirectories(path, mode(path, open));
  }

  private static void makeParents(Path place, Path top) throws IOException {
    Path parent = place.getParent();
    if (parent != null) {
      Files.createDirectories(parent, mode(top, isPublic(top)));
    }
  }

  private static FileAttribute<?>[] mode(Path path, boolean open) {
    return isPosix(path)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(
              PosixFilePermissions.fromString(open ? "rwxr-xr-x" : "rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Whether any user of this machine may read it. */
  static boolean isPublic(Path path) throws IOException {
    return isPosix(path)
        && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ);
  }
}
