package io.delegate.readme;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Checks source as the compiler does, and writes nothing. */
public final class InMemoryCompiler {
  private InMemoryCompiler() {}

  /**
   * What the compiler has against a snippet.
   *
   * @param snippet what to check
   * @return its errors, none if it compiles
   * @throws IOException if the class path cannot be read
   */
  public static List<String> errors(Snippet snippet) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
    List<String> options =
        List.of("--release", "17", "-proc:none", "-Xlint:-options", "-classpath", classPath());
    JavacTask task =
        (JavacTask)
            compiler.getTask(
                new StringWriter(), null, told, options, null, List.of(source(snippet)));
    task.analyze();
    return told.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(Diagnostic::toString)
        .toList();
  }

  /** Surefire hides the class path of the tests in the manifest of a jar. */
  static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  private static JavaFileObject source(Snippet snippet) {
    URI name = URI.create("string:///io/delegate/readme/" + snippet.className() + ".java");
    return new SimpleJavaFileObject(name, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return snippet.source();
      }
    };
  }
}
