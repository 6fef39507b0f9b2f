package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Programs that the JDK compiles in memory: there is no class file of them anywhere. */
@ExtendWith(NothingLeft.class)
@Timeout(300)
class SourceInMemoryIT {
  private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

  /** Its work uses a record, a method and a class of its own. */
  private static final String WORK =
      """
      Work<Integer, Thumb> work = x -> {
        if (x == 1) throw new IllegalStateException("no luck");
        if (x == 2) Runtime.getRuntime().halt(3);
        if (x == 3) Thread.sleep(1_000_000);
        return new Thumb("t" + x, twice(x));
      };
      """;

  private static final String RUN =
      """
      Flux.range(0, 5).transform(Delegate.<Integer, Thumb>parallelOrdered(work, on))
        .map(o -> "told " + o.item() + " " + o.getClass().getSimpleName() + " "
          + o.map(Object::toString).toOptional().orElse("-"))
        .doOnNext(System.out::println).blockLast();
      """;

  private static final String SCHEDULER =
      """
      ProcessScheduler on = ProcessScheduler.builder().children(2)
        .timeout(java.time.Duration.ofSeconds(4)).output(Output.DISCARD).build();
      """;

  private static final String IMPORTS =
      """
      import io.delegate.*;
      import reactor.core.publisher.Flux;
      """;

  private static final String RECORD =
      "record Thumb(String name, int size) implements java.io.Serializable {}\n";

  private static final String[] FOUR_OUTCOMES = {
    "told 0 Success Thumb[name=t0, size=0]",
    "told 1 Failure -",
    "told 2 Aborted -",
    "told 3 TimedOut -",
    "told 4 Success Thumb[name=t4, size=8]"
  };

  @TempDir Path tmp;

  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  /** JShell takes a line for a whole statement where it can. */
  private static String inOneLine(String statement) {
    return statement.strip().replace("\n", " ") + "\n";
  }

  private void assertTells(List<String> command, String... lines) throws Exception {
    try (ParentJvm program = ParentJvm.start(command)) {
      program.status(java.time.Duration.ofSeconds(250));
      String out = program.toString();
      assertThat(out.lines().map(line -> line.replace("stdout ", "")))
          .as(out)
          .containsSubsequence(lines);
    }
    assertThat(NothingLeft.directories(tmp, "delegate-")).isEmpty();
  }

  @Test
  void aProgramThatIsASourceFile() throws Exception {
    Path source = tmp.resolve("Program.java");
    Files.writeString(
        source,
        IMPORTS
            + "public class Program {\n"
            + RECORD
            + "static int twice(int x) { return Helper.twice(x); }\n"
            + "public static void main(String[] args) {\n"
            + WORK
            + SCHEDULER
            + RUN
            + "on.close(); } }\n"
            + "class Helper { static int twice(int x) { return 2 * x; } }\n");
    assertTells(
        List.of(
            BIN.resolve("java").toString(),
            "-Djava.io.tmpdir=" + tmp,
            "-cp",
            classPath(),
            source.toString()),
        FOUR_OUTCOMES);
  }

  /** What is written anew there is new in children, too, that are up already. */
  @Test
  void aSessionOfJShell() throws Exception {
    Path jshell = BIN.resolve("jshell");
    assumeTrue(Files.exists(jshell), "a JDK without jshell");
    Path script = tmp.resolve("script.jsh");
    Files.writeString(
        script,
        IMPORTS
            + RECORD
            + "int twice(int x) { return 2 * x; }\n"
            + WORK
            + inOneLine(SCHEDULER)
            + inOneLine(RUN)
            + """
            int twice(int x) { return 3 * x; }
            System.out.println("told " + on.submit(work, 5).block().orElseThrow());
            on.close();
            /exit
            """);
    List<String> told = new ArrayList<>(List.of(FOUR_OUTCOMES));
    told.add("told Thumb[name=t5, size=15]");
    assertTells(
        List.of(
            jshell.toString(),
            "-J-Djava.util.prefs.userRoot=" + tmp,
            "-R-Djava.io.tmpdir=" + tmp,
            "--class-path",
            classPath(),
            script.toString()),
        told.toArray(String[]::new));
  }
}
