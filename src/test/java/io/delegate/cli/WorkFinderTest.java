package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class WorkFinderTest {
  /** Says when it is initialised. */
  public static final class Loud {
    static {
      System.setProperty("delegate.test.loud", "initialised");
    }

    private Loud() {}

    public static String work(String item) {
      return item;
    }
  }

  /** A method of every kind. */
  public static class Zoo {
    public static String both(Path path) {
      return "path";
    }

    public static String both(String text) {
      return "text";
    }

    public String bound(String item) {
      return item;
    }

    static String hidden(String item) {
      return item;
    }

    public static String two(String a, String b) {
      return a + b;
    }

    public static String number(int n) {
      return "" + n;
    }
  }

  static final class Private {
    private Private() {}

    public static void work(String item) {}
  }

  private static MethodWork find(String option) {
    return WorkFinder.find(option, List.of());
  }

  @Test
  void findingAWorkRunsNoCodeOfItsClass() {
    assertThat(find(Loud.class.getName() + "::work"))
        .hasToString(Loud.class.getName() + "::work(java.lang.String)");
    assertThat(System.getProperty("delegate.test.loud")).isNull();
  }

  @Test
  void methodsOfPathAndOfTheJdkWillDo() {
    assertThat(find("io.delegate.cli.Samples::stats"))
        .hasToString("io.delegate.cli.Samples::stats(java.nio.file.Path)");
    assertThat(find("java.lang.Integer::parseInt")).isNotNull();
  }

  @Test
  void aNestedClassMayBeWrittenWithADot() {
    assertThat(find("io.delegate.cli.WorkFinderTest.Zoo::both"))
        .hasToString(Zoo.class.getName() + "::both(java.lang.String)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense                            | write it as CLASS::METHOD",
        "a::b::c                             | write it as CLASS::METHOD",
        "::m                                 | write it as CLASS::METHOD",
        "no.such.Klass::m                    | no class no.such.Klass; give its full name",
        "io.delegate.cli.samples::m          | --classpath",
        "io.delegate.cli.WorkFinderTest$Zoo::none   | there is no method none",
        "io.delegate.cli.WorkFinderTest$Zoo::none   | both(Path), both(String)",
        "io.delegate.cli.WorkFinderTest$Zoo::bound  | is not static",
        "io.delegate.cli.WorkFinderTest$Zoo::hidden | is not public",
        "io.delegate.cli.WorkFinderTest$Zoo::two    | does not take one String or Path",
        "io.delegate.cli.WorkFinderTest$Zoo::number | does not take one String or Path",
        "io.delegate.cli.WorkFinderTest$Private::work | is not public; make it so",
        "java.lang.Object::hashCode          | has no public static method of one String or Path",
      })
  void whatIsWrongIsNamedWithItsRemedy(String option, String said) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> find(option))
        .withMessageContaining("'--work': '" + option + "'")
        .withMessageContaining(said);
  }

  @Test
  void theClassPathGivenIsSearched(@TempDir Path dir) throws Exception {
    Path source = dir.resolve("Theirs.java");
    Files.writeString(
        source, "public class Theirs { public static int size(String s) { return s.length(); } }");
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", dir.toString(), source.toString()))
        .isZero();
    assertThat(WorkFinder.find("Theirs::size", List.of(dir)))
        .hasToString("Theirs::size(java.lang.String)");
    assertThatIllegalArgumentException().isThrownBy(() -> find("Theirs::size"));
  }

  @Test
  void aClassThatCannotBeLinkedIsBadUsage(@TempDir Path dir) throws Exception {
    Files.write(dir.resolve("Broken.class"), new byte[] {1, 2, 3});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkFinder.find("Broken::work", List.of(dir)))
        .withMessageContaining("cannot be loaded");
  }
}
