package io.delegate.report;

import io.delegate.ChildClassPath;
import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.Output;
import io.delegate.ProcessScheduler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import reactor.core.publisher.Flux;

/**
 * A program with a view of its run: it renders pictures in three children, prints a line for each,
 * and its children do the same. Each picture waits until there is a file of its name, or one named
 * {@code all}, in a directory; so whoever looks on says how far the run gets.
 */
final class TerminalProgram {
  private static final String LONG =
      "with its own colour profile, smoothed twice, and checked against the original at 300 dpi";

  private TerminalProgram() {}

  /** What its child prints of a picture; one of them is longer than a row. */
  static String line(String picture) {
    String how = picture.startsWith("cat") ? LONG : "in 16 colours";
    return "child: rendering " + picture + " " + how;
  }

  static String render(String gates, String picture) throws Exception {
    while (!Files.exists(Path.of(gates, picture)) && !Files.exists(Path.of(gates, "all"))) {
      Thread.sleep(5);
    }
    System.out.println(line(picture));
    if (picture.startsWith("broken")) {
      throw new IllegalStateException("no such colour");
    }
    if (picture.startsWith("crash")) {
      System.err.println("libpicture: bad header in " + picture);
      Runtime.getRuntime().halt(137);
    }
    if (picture.startsWith("hang")) {
      Thread.sleep(1_000_000);
    }
    if (picture.startsWith("ant")) {
      Thread.sleep(
          500); // slow enough to be named at the end, though listeners hear late that it began
    }
    return picture + " rendered";
  }

  /** The directory, how the program shall end, the limit in seconds, and the pictures. */
  public static void main(String[] args) {
    String gates = args[0];
    List<String> pictures = Arrays.asList(args).subList(3, args.length);
    Duration limit = Duration.ofSeconds(Long.parseLong(args[2]));
    TerminalReporter reporter =
        TerminalReporter.builder()
            .title("thumbnails")
            .total(pictures.size())
            .limit(limit)
            .interval(Duration.ofMillis(100))
            .build();
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder()
            .children(3)
            .timeout(limit)
            .classPath(ChildClassPath.SMALL)
            .output(Output.INHERIT)
            .reporter(reporter)
            .build()) {
      System.out.println("program: begins");
      Flux.fromIterable(pictures)
          .transform(Delegate.parallel(picture -> render(gates, picture), scheduler))
          .doOnNext(TerminalProgram::told)
          .blockLast();
      System.out.println("program: has all");
      if (args[1].equals("exit")) {
        System.exit(0);
      }
    }
    reporter.close();
    if (args[1].equals("read")) {
      System.out.println(
          "program: read " + new Scanner(System.in, StandardCharsets.UTF_8).nextLine());
    }
    System.out.println("program: ends");
  }

  private static void told(Outcome<String, String> outcome) {
    System.out.println(
        "program: " + outcome.item() + " " + outcome.getClass().getSimpleName() + " told");
  }
}
