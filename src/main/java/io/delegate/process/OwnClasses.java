package io.delegate.process;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * Where the classes are that every child loads: this library's, and those of its codec. In a jar,
 * usually; whoever works on the library has them in a directory, of which a jar is made.
 */
final class OwnClasses {
  /** One class of each; what is not there is not needed. */
  private static final List<String> LIBRARIES =
      List.of(
          "org.nustaq.serialization.FSTConfiguration", "com.fasterxml.jackson.core.JsonFactory");

  /** What the child's side consists of, below {@code io/delegate}. */
  private static final List<String> PARTS = List.of("", "wire", "codec", "worker");

  private OwnClasses() {}

  /**
   * The jars, of those on a class path.
   *
   * @param root where a jar is put that must be made
   */
  static List<Path> jars(Path root, List<Path> classPath, ClassLoader loader) throws IOException {
    List<Path> jars = new ArrayList<>();
    Path own = location(OwnClasses.class);
    if (own != null && classPath.contains(own)) {
      jars.add(Files.isDirectory(own) ? pack(root, own) : own);
    }
    for (String name : LIBRARIES) {
      Path jar = location(name, loader);
      if (jar != null && classPath.contains(jar) && !Files.isDirectory(jar)) {
        jars.add(jar);
      }
    }
    return jars;
  }

  private static @Nullable Path location(String name, ClassLoader loader) {
    try {
      return location(Class.forName(name, false, loader));
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  private static @Nullable Path location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return null;
    }
    try {
      URI uri = source.getLocation().toURI();
      return uri.getScheme().equals("file") ? Path.of(uri).toAbsolutePath().normalize() : null;
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The jar, named by what is in it, and when that was written. */
  private static Path pack(Path root, Path directory) throws IOException {
    List<Path> files = files(directory.resolve("io/delegate"));
    StringBuilder content = new StringBuilder().append(directory);
    for (Path file : files) {
      content.append('\n').append(Fingerprint.of(file));
    }
    Path jar = root.resolve("own-" + Fingerprint.hash(content.toString()) + ".jar");
    if (!Files.exists(jar)) {
      ArchiveRoot.make(root, root);
      Path draft = Files.createTempFile(root, "own-", ".new");
      try {
        write(directory, files, draft);
        Fingerprint.dateless(draft);
        Files.move(draft, jar, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
    }
    return jar;
  }

  private static List<Path> files(Path classes) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String part : PARTS) {
      try (Stream<Path> found = Files.list(classes.resolve(part))) {
        found.filter(file -> file.toString().endsWith(".class")).sorted().forEach(files::add);
      } catch (NoSuchFileException e) {
        // a directory with some of the classes: the others are found in another place
      }
    }
    return files;
  }

  private static void write(Path directory, List<Path> files, Path draft) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(draft));
        JarOutputStream jar = new JarOutputStream(out)) {
      for (Path file : files) {
        StringBuilder name = new StringBuilder();
        for (Path step : directory.relativize(file)) {
          name.append(name.isEmpty() ? "" : "/").append(step);
        }
        jar.putNextEntry(new ZipEntry(name.toString()));
        Files.copy(file, jar);
        jar.closeEntry();
      }
    }
  }
}
