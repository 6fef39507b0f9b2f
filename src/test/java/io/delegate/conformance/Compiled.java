package io.delegate.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Classes that are not on the class path of the tests. */
public final class Compiled {
  private Compiled() {}

  /** Compiles one class into {@code directory/classes}. */
  public static Path compile(Path directory, String name, String source) throws IOException {
    Path file = directory.resolve(name.substring(name.lastIndexOf('.') + 1) + ".java");
    Files.writeString(file, source);
    Path classes = Files.createDirectories(directory.resolve("classes"));
    List<String> args = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
    args.addAll(List.of("-cp", System.getProperty("java.class.path") + ":" + classes));
    args.add(file.toString());
    int status =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, args.toArray(String[]::new));
    assertThat(status).isZero();
    return classes;
  }

  public static Path jar(Path classes, Path jar) throws IOException {
    Files.createDirectories(jar.getParent());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      found
          .filter(Files::isRegularFile)
          .forEach(
              path -> {
                try {
                  out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
                  Files.copy(path, out);
                  out.closeEntry();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
    return jar;
  }
}
