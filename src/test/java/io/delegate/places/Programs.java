package io.delegate.places;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/** Small programs that use Delegate, built and run as users build and run theirs. */
final class Programs {
  private static final long SECONDS = 100;

  /** What of the tests' own class path a program needs to use Delegate. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "(reactor-core|reactive-streams|reactor-netty-core|netty-(?!.*(quic|http3)).*|slf4j-api|jspecify"
              + "|fst|jackson-core|objenesis)-[0-9].*\\.jar");

  private Programs() {}

  /** What a program said, and how it ended. */
  record Run(int status, List<String> out, String err) {
    /** What follows that word on each line that begins with it. */
    List<String> said(String word) {
      return out.stream()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> line.substring(word.length() + 1))
          .toList();
    }
  }

  static Path java(Path home) {
    return home.resolve("bin").resolve("java");
  }

  static Path ownHome() {
    return Path.of(System.getProperty("java.home"));
  }

  /** Compiles sources by a JDK's own compiler. */
  static void compile(Path home, Path to, List<String> options, Path... sources) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve("javac").toString());
    command.addAll(List.of("-proc:none", "-encoding", "UTF-8", "-d", to.toString()));
    command.addAll(options);
    for (Path source : sources) {
      command.add(source.toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** Runs a program; {@code environment} is added to that of the tests. */
  static Run run(Path directory, Map<String, String> environment, List<String> command)
      throws Exception {
    Path out = Files.createTempFile(directory, "out-", ".txt");
    Path err = Files.createTempFile(directory, "err-", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
      assertThat(ended).as(() -> "it ended; it said " + text(out) + text(err)).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    return new Run(process.exitValue(), text(out).lines().toList(), text(err));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Delegate, as a jar; {@code manifest} is the main part of it. */
  static Path delegateJar(Path directory, Map<String, String> manifest) throws Exception {
    Path classes =
        Path.of(
            Class.forName("io.delegate.Delegate")
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    Path jar = directory.resolve("delegate-0.1.0.jar");
    if (Files.isRegularFile(classes)) {
      return Files.copy(classes, jar);
    }
    return pack(classes, jar, manifest);
  }

  /** The jars it needs. */
  static List<Path> libraries() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(path -> NEEDED.matcher(path.getFileName().toString()).matches())
        .map(Path::toAbsolutePath)
        .toList();
  }

  static Path pack(Path directory, Path jar, Map<String, String> manifest) throws IOException {
    Files.createDirectories(jar.toAbsolutePath().getParent());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest(manifest));
        Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        String name = directory.relativize(file).toString();
        if (!name.equals("META-INF/MANIFEST.MF")) {
          out.putNextEntry(new ZipEntry(name));
          Files.copy(file, out);
          out.closeEntry();
        }
      }
    }
    return jar;
  }

  static Manifest manifest(Map<String, String> main) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.forEach(manifest.getMainAttributes()::putValue);
    return manifest;
  }

  /** A jar inside a jar is not compressed: its reader needs to jump about in it. */
  static void store(JarOutputStream out, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 sum = new CRC32();
    sum.update(bytes);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCompressedSize(bytes.length);
    entry.setCrc(sum.getValue());
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }

  /**
   * A program with a work that succeeds, throws, crashes and hangs, as its item says. It tells the
   * four outcomes, and what of the child's class path the work saw.
   */
  static Path fourOutcomes(Path directory, String expression) throws IOException {
    Path source = Files.createDirectories(directory.resolve("app")).resolve("Main.java");
    return Files.writeString(
        source,
        """
        package app;

        import io.delegate.Delegate;
        import io.delegate.Outcome;
        import io.delegate.Output;
        import io.delegate.ProcessScheduler;
        import java.nio.charset.StandardCharsets;
        import java.time.Duration;
        import reactor.core.publisher.Flux;

        public class Main {
          static String work(String item) throws Exception {
            switch (item) {
              case "fail":
                throw new IllegalStateException("no luck");
              case "crash":
                Runtime.getRuntime().halt(9);
                return "";
              case "hang":
                Thread.sleep(Long.MAX_VALUE);
                return "";
              default:
                return here();
            }
          }

          static String here() {
            try {
              return EXPRESSION;
            } catch (Exception e) {
              return e.toString();
            }
          }

          static String resource(String name) throws Exception {
            try (var in = Main.class.getResourceAsStream("/" + name)) {
              return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
          }

          public static void main(String[] args) {
            System.out.println("parent " + here());
            try (ProcessScheduler patient = builder().children(2).build();
                ProcessScheduler brisk =
                    builder().children(1).timeout(Duration.ofMillis(500)).build()) {
              Flux.just("good", "fail", "crash")
                  .transform(Delegate.parallelOrdered(Main::work, patient))
                  .toIterable()
                  .forEach(Main::tell);
              tell(brisk.submit(Main::work, "hang").block());
            } catch (RuntimeException e) {
              System.out.println("error " + e);
            }
          }

          static ProcessScheduler.Builder builder() {
            ProcessScheduler.Builder builder =
                ProcessScheduler.builder().classArchive(false).output(Output.INHERIT);
            String home = System.getProperty("child.home");
            return home == null ? builder : builder.javaHome(java.nio.file.Path.of(home));
          }

          static void tell(Outcome<String, String> outcome) {
            System.out.println(outcome.getClass().getSimpleName() + " " + outcome.item());
            if (outcome.isSuccess()) {
              System.out.println("result " + outcome.orElseThrow());
            }
          }
        }
        """
            .replace("EXPRESSION", expression));
  }

  /** Whether the run told each of the four outcomes. */
  static void assertFourOutcomes(Run run) {
    assertThat(run.out())
        .as(run::toString)
        .filteredOn(line -> line.matches("(Success|Failure|Aborted|TimedOut|error) .*"))
        .containsExactly("Success good", "Failure fail", "Aborted crash", "TimedOut hang");
    assertThat(run.status()).isZero();
  }
}
