package example;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The documents that the tests of Tika's parsers read; they are in the jars of those tests. */
final class TestDocuments {
  /** Larger ones take long, and show nothing more. */
  private static final long LARGEST = 256 << 10;

  private TestDocuments() {}

  /** Copies them into a directory. */
  static List<Path> into(Path directory) throws IOException {
    for (URL folder :
        Collections.list(TestDocuments.class.getClassLoader().getResources("test-documents"))) {
      URLConnection connection = folder.openConnection();
      if (connection instanceof JarURLConnection jar) {
        copy(Path.of(jar.getJarFile().getName()), directory);
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static void copy(Path jar, Path directory) throws IOException {
    try (FileSystem inside = FileSystems.newFileSystem(jar);
        Stream<Path> files = Files.list(inside.getPath("/test-documents"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = directory.resolve(file.getFileName().toString());
        if (Files.isRegularFile(file) && Files.size(file) <= LARGEST && Files.notExists(copy)) {
          Files.copy(file, copy);
        }
      }
    }
  }
}
