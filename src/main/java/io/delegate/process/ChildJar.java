package io.delegate.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * The small jar a child is started with. Its manifest carries the class path, which has no limit of
 * length there, and what the child opens: on the command line, {@code --add-opens} would switch off
 * the archived module graph. Entries are relative where they can be: classes behind {@code file:}
 * are not shared through an archive.
 */
final class ChildJar {
  private ChildJar() {}

  /** The jar with this content, made unless it is there. */
  static Path in(Path directory, List<Path> classPath, List<String> addOpens, String mainClass)
      throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, mainClass);
    String urls = String.join(" ", classPath.stream().map(path -> url(directory, path)).toList());
    if (!urls.isEmpty()) {
      main.put(Attributes.Name.CLASS_PATH, urls);
    }
    String opens = String.join(" ", addOpens);
    if (!opens.isEmpty()) {
      main.putValue("Add-Opens", opens);
    }
    Path jar =
        directory.resolve(
            "child-" + Fingerprint.hash(mainClass + "\n" + opens + "\n" + urls) + ".jar");
    put(jar, bytes(manifest));
    return jar;
  }

  /** Makes a file with that content, unless it is there: one cut short by a crash is not. */
  static void put(Path file, byte[] content) throws IOException {
    if (isThere(file, content)) {
      return;
    }
    // several starts may make it at once: each renames its own into place
    Path draft = Files.createTempFile(file.toAbsolutePath().getParent(), "jar-", ".new");
    try {
      Files.write(draft, content);
      if (draft.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        // its directory says who may read it; temporary files are their owner's alone
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
      }
      Fingerprint.dateless(draft);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static boolean isThere(Path file, byte[] content) throws IOException {
    try {
      return Files.size(file) == content.length && Arrays.equals(Files.readAllBytes(file), content);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static byte[] bytes(Manifest manifest) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes)) {
      ZipEntry entry = new ZipEntry(JarFile.MANIFEST_NAME);
      jar.putNextEntry(entry.setLastModifiedTime(Fingerprint.noDate()));
      manifest.write(jar);
      jar.closeEntry();
    }
    return bytes.toByteArray();
  }

  /** Whether a path is the same in the manifest, where it is part of a URL. */
  static boolean isPlain(Path path) {
    for (Path name : path) {
      if (!encode(name.toString()).equals(name.toString())) {
        return false;
      }
    }
    return true;
  }

  static String url(Path directory, Path entry) {
    boolean sameRoot =
        entry.getRoot() != null
            && entry.getRoot().equals(directory.getRoot())
            && entry.getFileSystem() == directory.getFileSystem();
    StringBuilder url = new StringBuilder();
    if (sameRoot) {
      for (Path name : directory.relativize(entry)) {
        url.append(url.isEmpty() ? "" : "/").append(encode(name.toString()));
      }
    } else {
      url.append(entry.toUri().toASCIIString());
    }
    boolean needsSlash = Files.isDirectory(entry) && url.charAt(url.length() - 1) != '/';
    return needsSlash ? url.append('/').toString() : url.toString();
  }

  /** One name of a path; {@code +} and the like too, which some readers of URLs change. */
  private static String encode(String name) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0;
      encoded.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return encoded.toString();
  }
}
