package io.delegate;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
}
