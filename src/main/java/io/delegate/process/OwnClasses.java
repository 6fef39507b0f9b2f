package io.delegate.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * Where the classes are that every child loads: this library's, and those of its codec. In a jar,
 * usually; whoever works on the library has them in a directory, of which a jar is made.
 */
final class OwnClasses {
  private static final String OWN = "io/delegate/";
  private static final String VERSIONS = "META-INF/versions/";

  /** One class of each, and where all classes of that library are. */
  private static final List<Map.Entry<String, String>> LIBRARIES =
      List.of(
          Map.entry("org.nustaq.serialization.FSTConfiguration", "org/nustaq/"),
          Map.entry("com.fasterxml.jackson.core.JsonFactory", "com/fasterxml/jackson/core/"),
          Map.entry("org.objenesis.Objenesis", "org/objenesis/"));

  /** One class of each library that a work may touch by this one. */
  private static final List<String> BESIDE =
      List.of("reactor.core.publisher.Flux", "org.reactivestreams.Publisher", "org.slf4j.Logger");

  /** What the child's side consists of, below {@link #OWN}. */
  private static final List<String> PARTS = List.of("", "wire", "codec", "worker");

  private OwnClasses() {}

  /**
   * The jars, of those on a class path, that can go before all else: they hold nothing but their
   * library, and nothing before them holds any of it.
   *
   * @param root where a jar is put that must be made
   */
  static List<Path> jars(Path root, List<Path> classPath, ClassLoader loader) throws IOException {
    List<Path> jars = new ArrayList<>();
    Path own = location();
    if (own != null && isFirst(own, classPath, OWN + "process/OwnClasses.class")) {
      if (Files.isDirectory(own)) {
        jars.add(pack(root, own));
      } else if (isPure(own, OWN)) {
        jars.add(own);
      }
    }
    for (Map.Entry<String, String> library : LIBRARIES) {
      Path jar = location(library.getKey(), loader);
      if (jar != null && isFirst(jar, classPath, library.getValue()) && isOf(jar, library)) {
        jars.add(jar);
      }
    }
    return jars;
  }

  /** Those, of some jars, that hold a codec's library and nothing else. */
  static List<Path> libraries(List<Path> jars, ClassLoader loader) {
    List<Path> found = new ArrayList<>();
    for (Map.Entry<String, String> library : LIBRARIES) {
      Path jar = location(library.getKey(), loader);
      if (jar != null && jars.contains(jar) && isOf(jar, library)) {
        found.add(jar);
      }
    }
    return found;
  }

  private static boolean isOf(Path jar, Map.Entry<String, String> library) {
    try {
      return Files.isRegularFile(jar) && isPure(jar, library.getValue());
    } catch (IOException e) {
      return false;
    }
  }

  /** One class of each library that this one uses in children, of those that are there. */
  static List<Class<?>> needed(ClassLoader loader) {
    List<Class<?>> found = new ArrayList<>();
    Stream.concat(LIBRARIES.stream().map(Map.Entry::getKey), BESIDE.stream())
        .forEach(
            name -> {
              try {
                found.add(Class.forName(name, false, loader));
              } catch (ClassNotFoundException | LinkageError e) {
                // the codec in use does without
              }
            });
    return found;
  }

  /** The jar or directory of this library; null where it is in neither. */
  static @Nullable Path location() {
    return location(OwnClasses.class);
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
      Path path = "file".equals(uri.getScheme()) ? Location.absolute(Path.of(uri)) : null;
      return path != null && Files.exists(path) ? path : null;
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether nothing before an entry holds that class, or anything below that directory. */
  private static boolean isFirst(Path entry, List<Path> classPath, String prefix) {
    for (Path at : classPath) {
      if (at.equals(entry)) {
        return true;
      }
      if (Files.isDirectory(at)) {
        if (Files.exists(at.resolve(prefix))) {
          return false;
        }
      } else if (holds(at, prefix)) {
        return false;
      }
    }
    return false;
  }

  private static boolean holds(Path file, String prefix) {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream()
          .map(ZipEntry::getName)
          .anyMatch(
              name ->
                  name.startsWith(prefix)
                      || (name.startsWith(VERSIONS) && name.contains("/" + prefix)));
    } catch (IOException e) {
      return false; // no jar: nothing is found in it
    }
  }

  private static boolean isPure(Path file, String prefix) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> !name.endsWith("/"))
          .allMatch(name -> name.startsWith(prefix) || name.startsWith("META-INF/"));
    }
  }

  /** The jar, named by what is in it, and when that was written. */
  private static Path pack(Path root, Path directory) throws IOException {
    List<Path> files = files(directory.resolve(OWN));
    StringBuilder content = new StringBuilder().append(directory);
    for (Path file : files) {
      content.append('\n').append(Fingerprint.now(file));
    }
    Path home = root.resolve(Fingerprint.hash(content.toString()));
    ArchiveRoot.make(home);
    ArchiveRoot.touch(home);
    Path jar = home.resolve("own.jar");
    ChildJar.put(jar, bytes(directory, files));
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

  private static byte[] bytes(Path directory, List<Path> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes)) {
      for (Path file : files) {
        StringBuilder name = new StringBuilder();
        for (Path step : directory.relativize(file)) {
          name.append(name.isEmpty() ? "" : "/").append(step);
        }
        jar.putNextEntry(new ZipEntry(name.toString()).setLastModifiedTime(Fingerprint.noDate()));
        Files.copy(file, jar);
        jar.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
