package io.delegate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What the works of most tests need in their children: a third less to start than with all that the
 * tests themselves have, since the JDK opens each jar of a class path before it reads an object.
 */
public final class ChildClassPath {
  private static final List<String> NEEDED =
      List.of(
          "io.delegate.Delegate",
          "io.delegate.ChildClassPath",
          "org.nustaq.serialization.FSTConfiguration",
          "com.fasterxml.jackson.core.Versioned",
          "org.objenesis.Objenesis",
          // the JVM looks at some of what the tests themselves use before it runs their lambdas
          "org.reactivestreams.Publisher",
          "reactor.core.publisher.Flux",
          "org.slf4j.Logger",
          "ch.qos.logback.core.Appender",
          "ch.qos.logback.classic.Logger");

  /** In the order in which it is searched. */
  public static final List<Path> SMALL = small();

  /** The same in jars alone, so that there can be an archive of all of it. */
  public static final List<Path> PACKED = SMALL.stream().map(ChildClassPath::packed).toList();

  private ChildClassPath() {}

  private static List<Path> small() {
    Set<Path> entries = new LinkedHashSet<>();
    for (String name : NEEDED) {
      try {
        CodeSource source =
            Class.forName(name, false, ChildClassPath.class.getClassLoader())
                .getProtectionDomain()
                .getCodeSource();
        entries.add(Path.of(source.getLocation().toURI()));
      } catch (ClassNotFoundException | URISyntaxException e) {
        throw new IllegalStateException(name + " is not on the class path of the tests", e);
      }
    }
    return List.copyOf(entries);
  }

  /** A jar of a directory as it is now, beside it. Other test JVMs may want the same at once. */
  private static Path packed(Path entry) {
    if (!Files.isDirectory(entry)) {
      return entry;
    }
    try (Stream<Path> all = Files.walk(entry)) {
      List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
      CRC32C sum = new CRC32C();
      for (Path file : files) {
        String state = file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
        sum.update(state.getBytes(StandardCharsets.UTF_8));
      }
      Path home = entry.resolveSibling("packed");
      Path jar =
          home.resolve(entry.getFileName() + "-" + Long.toHexString(sum.getValue()) + ".jar");
      if (!Files.exists(jar)) {
        Files.createDirectories(home);
        Path draft = Files.createTempFile(home, "draft-", ".jar");
        pack(entry, files, draft);
        Files.move(draft, jar, StandardCopyOption.ATOMIC_MOVE);
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pack(Path root, List<Path> files, Path to) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(to))) {
      for (Path file : files) {
        zip.putNextEntry(new ZipEntry(root.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
  }
}
