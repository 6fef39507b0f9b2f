package io.delegate.readme;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  private static final String IMPORTS =
      """
      import io.delegate.*;
      import io.delegate.codec.*;
      import io.delegate.report.*;
      import io.delegate.spring.*;
      import io.delegate.web.*;
      import io.micrometer.core.instrument.Tag;
      import java.nio.file.Path;
      import java.time.Duration;
      import java.util.*;
      import java.util.function.*;
      import org.springframework.context.annotation.Bean;
      import org.springframework.stereotype.Service;
      import reactor.core.publisher.*;
      import reactor.netty.DisposableServer;
      import reactor.netty.http.server.HttpServer;
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

  /** Its own class. */
  String className() {
    return "Line" + line;
  }

  /**
   * A class that holds it: statements in a method, anything else as members.
   *
   * @return the source
   */
  public String source() {
    boolean members = MEMBERS.matcher(code.lines().findFirst().orElse("")).matches();
    String body = members ? code : "void run() throws Exception {\n" + code + "\n}";
    return "package io.delegate.readme;\n%sclass %s extends Prelude {\n%s\n}\n"
        .formatted(IMPORTS, className(), body);
  }

  @Override
  public String toString() {
    return heading + ", line " + line;
  }
}
