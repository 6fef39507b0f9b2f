package io.delegate.readme;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A block of Java in the README.
 *
 * @param heading what it stands under
 * @param line the line of its first line, from 1
 * @param code what it says
 */
public record Snippet(String heading, int line, String code) {
  private static final Pattern MEMBERS =
      Pattern.compile("(@|/\\*\\*|(public|private|static|record|enum|interface|class)\\b).*");

  private static final Pattern PROGRAM = Pattern.compile("\\bclass (\\w+)");

  /** A variable that is declared outside any block. */
  private static final Pattern MADE =
      Pattern.compile("^[A-Za-z][\\w<>?,. ]* (\\w+) =", Pattern.MULTILINE);

  private static final String IMPORTS =
      """
      import io.delegate.*;
      import io.delegate.cluster.*;
      import io.delegate.codec.*;
      import io.delegate.report.*;
      import io.delegate.test.*;
      import io.delegate.spring.*;
      import io.delegate.web.*;
      import io.micrometer.core.instrument.Tag;
      import java.nio.file.Path;
      import java.time.Duration;
      import java.util.*;
      import java.util.concurrent.CompletableFuture;
      import java.util.function.*;
      import org.junit.jupiter.api.Test;
      import org.springframework.context.annotation.Bean;
      import org.springframework.stereotype.Service;
      import reactor.core.publisher.*;
      import reactor.netty.DisposableServer;
      import reactor.netty.http.server.HttpServer;
      import reactor.test.StepVerifier;
      """;

  /**
   * All of them.
   *
   * @param readme the lines of the README
   * @return the blocks that are marked as Java
   */
  public static List<Snippet> in(List<String> readme) {
    List<Snippet> found = new ArrayList<>();
    String heading = "";
    for (int i = 0; i < readme.size(); i++) {
      Matcher title = Pattern.compile("#+ (.*)").matcher(readme.get(i));
      if (title.matches()) {
        heading = title.group(1);
      } else if (readme.get(i).equals("```java")) {
        int start = i + 1;
        while (!readme.get(++i).equals("```")) {
          // to the end of the block
        }
        found.add(new Snippet(heading, start + 1, String.join("\n", readme.subList(start, i))));
      }
    }
    return found;
  }

  /**
   * Whether it is a whole program, with imports and a main method.
   *
   * @return whether it stands for itself
   */
  public boolean isProgram() {
    return code.startsWith("import ");
  }

  /** Its own class. */
  String className() {
    Matcher program = PROGRAM.matcher(code);
    return isProgram() && program.find() ? program.group(1) : "Line" + line;
  }

  /**
   * What the page says a program prints: the first block after it.
   *
   * @param page the lines it was found in
   * @return the lines of that block
   */
  public List<String> output(List<String> page) {
    int end = line - 1 + (int) code.lines().count();
    List<String> rest = page.subList(end + 1, page.size());
    List<String> block = rest.subList(rest.indexOf("```") + 1, rest.size());
    return block.subList(0, block.indexOf("```"));
  }

  /**
   * A class that holds it: statements in a method, and what they make is then used; anything else
   * as members. A program is what it is.
   *
   * @return the source
   */
  public String source() {
    if (isProgram()) {
      return code + "\n";
    }
    boolean members = MEMBERS.matcher(code.lines().findFirst().orElse("")).matches();
    String body = members ? code : statements();
    return "package io.delegate.readme;\n%sclass %s extends Prelude {\n%s\n}\n"
        .formatted(IMPORTS, className(), body);
  }

  private String statements() {
    String made =
        MADE.matcher(code).results().map(m -> m.group(1)).collect(Collectors.joining(", "));
    return "void run() throws Exception {\n%s\nuse(new Object[] {%s});\n}".formatted(code, made);
  }

  @Override
  public String toString() {
    return heading + ", line " + line;
  }
}
