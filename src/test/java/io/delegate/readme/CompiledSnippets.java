package io.delegate.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.ProcessScheduler;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import reactor.core.publisher.Flux;

/** Snippets in a directory of classes, from which they are run as a program's own would be. */
public final class CompiledSnippets implements AutoCloseable {
  private final Path classes;
  private final URLClassLoader loader;

  private CompiledSnippets(Path classes, URLClassLoader loader) {
    this.classes = classes;
    this.loader = loader;
  }

  /**
   * Compiles them.
   *
   * @param snippets what is compiled
   * @param directory where the classes go, and the sources
   * @return them, to be run
   * @throws IOException if a file cannot be written
   */
  public static CompiledSnippets in(List<Snippet> snippets, Path directory) throws IOException {
    Path sources = Files.createDirectories(directory.resolve("sources"));
    List<Path> files =
        snippets.stream()
            .map(snippet -> write(sources, snippet))
            .map(Path::toAbsolutePath)
            .toList();
    Path classes = Files.createDirectories(directory.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter told = new StringWriter();
    boolean done =
        compiler
            .getTask(
                told,
                null,
                null,
                List.of(
                    "--release",
                    "17",
                    "-proc:none",
                    "-Xlint:-options",
                    "-classpath",
                    InMemoryCompiler.classPath(),
                    "-d",
                    classes.toString()),
                null,
                compiler
                    .getStandardFileManager(null, null, null)
                    .getJavaFileObjectsFromPaths(files))
            .call();
    if (!done) {
      throw new IllegalStateException(told.toString());
    }
    URL[] where = {classes.toUri().toURL()};
    return new CompiledSnippets(
        classes, new URLClassLoader(where, CompiledSnippets.class.getClassLoader()));
  }

  private static Path write(Path sources, Snippet snippet) {
    try {
      return Files.writeString(sources.resolve(snippet.className() + ".java"), snippet.source());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs one: its statements, and what they made; the methods it declares, with a picture each.
   *
   * @param snippet one of those compiled, no {@link Snippet#isProgram program}
   * @throws Exception what it throws
   */
  public void run(Snippet snippet) throws Exception {
    Class<?> type = loader.loadClass("io.delegate.readme." + snippet.className());
    var constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    try (Prelude instance = (Prelude) constructor.newInstance()) {
      for (Method method : type.getDeclaredMethods()) {
        if (!method.isSynthetic()) {
          instance.use(invoke(method, instance));
        }
      }
      for (Field field : type.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
          field.setAccessible(true);
          instance.use(field.get(null));
        }
      }
    }
  }

  private static Object given(Class<?> type, Prelude on) {
    if (type == ProcessScheduler.class) {
      return on.scheduler;
    }
    return type == Flux.class ? Flux.fromIterable(on.pictures) : on.pictures.get(0);
  }

  private static Object invoke(Method method, Prelude on) throws Exception {
    method.setAccessible(true);
    Object[] given = Stream.of(method.getParameterTypes()).map(type -> given(type, on)).toArray();
    try {
      return method.invoke(on, given);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception thrown) {
        throw thrown;
      }
      throw e;
    }
  }

  /**
   * Runs a program in a JVM of its own.
   *
   * @param program one of those compiled, which has a main method
   * @return what it wrote to stdout
   * @throws Exception if it cannot be started, or does not end well
   */
  public List<String> main(Snippet program) throws Exception {
    Path out = classes.resolveSibling(program.className() + ".out");
    Path err = classes.resolveSibling(program.className() + ".err");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = classes + File.pathSeparator + withoutLogger();
    Process process =
        new ProcessBuilder(java, "-cp", classPath, program.className())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("it ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    return Files.readAllLines(out);
  }

  /** A logger would write to stdout, too; a program that has none is what the README shows. */
  private static String withoutLogger() {
    return Stream.of(InMemoryCompiler.classPath().split(File.pathSeparator))
        .filter(entry -> !entry.contains("logback"))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Override
  public void close() throws IOException {
    loader.close();
  }
}
