package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program runs with its dependency and what that brings, and that is not much. */
@Timeout(120)
class SquaresTest {
  private static final String CLASS_PATH = System.getProperty("runtime.class.path");

  @Test
  void theProgramRunsWithNothingElse(@TempDir Path tmp) throws Exception {
    File out = tmp.resolve("out").toFile();
    File err = tmp.resolve("err").toFile();
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                "target/classes" + File.pathSeparator + CLASS_PATH,
                "example.Squares")
            .redirectOutput(out)
            .redirectError(err)
            .start();
    try {
      assertTrue(program.waitFor(100, TimeUnit.SECONDS), "it ended");
    } finally {
      program.destroyForcibly();
    }
    assertEquals(0, program.exitValue(), Files.readString(err.toPath()));
    assertEquals(
        List.of(
            "11 squared is 121",
            "12 squared is 144",
            "13 killed its child: exit code 1",
            "14 squared is 196",
            "15 squared is 225"),
        Files.readAllLines(out.toPath()));
  }

  @Test
  void whatIsOptionalStaysAway() {
    List<String> jars =
        Stream.of(CLASS_PATH.split(File.pathSeparator))
            .map(jar -> Path.of(jar).getFileName().toString())
            .toList();
    for (String optional :
        List.of(
            "picocli",
            "micrometer",
            "context-propagation",
            "jline",
            "jackson-databind",
            "netty-http")) {
      assertFalse(jars.stream().anyMatch(jar -> jar.contains(optional)), optional + " in " + jars);
    }
    assertTrue(jars.stream().anyMatch(jar -> jar.startsWith("delegate-")), jars.toString());
  }
}
