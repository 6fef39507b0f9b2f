package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.conformance.InMemory;
import io.delegate.wire.Found;
import io.delegate.wire.Wanted;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedLoaderTest {
  private final List<Wanted> asked = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Found> parent = new HashMap<>();

  /** Never started: it has no thread to ask on. */
  private final Fetcher fetcher =
      new Fetcher() {
        @Override
        Found ask(Wanted wanted) {
          asked.add(wanted);
          return parent.getOrDefault(wanted.name(), Found.absent("nobody has it"));
        }
      };

  private final ServedLoader loader =
      new ServedLoader(new URL[0], ServedLoaderTest.class.getClassLoader(), 5, fetcher);

  @TempDir Path directory;

  private static Found here(byte[] bytes) {
    return new Found(Found.Status.HERE, bytes);
  }

  @Test
  void aClassIsFetchedOnceAndHasItsPackage() throws Exception {
    InMemory.compile(Map.of("a.b.C", "package a.b; public class C {}"))
        .forEach((name, bytes) -> parent.put(name, here(bytes)));
    Class<?> first = Class.forName("a.b.C", true, loader);
    assertThat(Class.forName("a.b.C", true, loader)).isSameAs(first);
    assertThat(first.getClassLoader()).isSameAs(loader);
    assertThat(first.getPackage().getName()).isEqualTo("a.b");
    assertThat(Class.forName("[La.b.C;", false, loader).getComponentType()).isSameAs(first);
    assertThat(asked).containsExactly(new Wanted(5, Wanted.Kind.CLASS, "a.b.C"));
  }

  @Test
  void whatThisJvmHasIsNotAskedFor() throws Exception {
    assertThat(loader.loadClass("java.util.List")).isSameAs(List.class);
    assertThat(loader.loadClass("io.delegate.wire.Found")).isSameAs(Found.class);
    assertThat(loader.getResource("java/util/List.class")).isNotNull();
    assertThat(asked).isEmpty();
  }

  @Test
  void whatNobodyCanHaveIsNotAskedFor() {
    for (String name : new String[] {"java.util.No", "[I", "", "x".repeat(5000)}) {
      assertThatThrownBy(() -> loader.loadClass(name)).isInstanceOf(ClassNotFoundException.class);
    }
    assertThat(loader.getResource("x".repeat(5000))).isNull();
    assertThat(asked).isEmpty();
  }

  @Test
  void whatIsMissingIsAskedForOnceUntilANewWorkComes() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> loader.loadClass("a.No"))
          .isInstanceOf(ClassNotFoundException.class)
          .hasMessage("a.No: nobody has it");
      assertThat(loader.getResource("a.No")).isNull();
      assertThat(loader.getResourceAsStream("a.No")).isNull();
    }
    assertThat(asked).hasSize(2).doesNotHaveDuplicates();
    ServedLoader.lookAgain(loader);
    assertThatThrownBy(() -> loader.loadClass("a.No")).isInstanceOf(ClassNotFoundException.class);
    assertThat(asked).hasSize(3);
    ServedLoader.lookAgain(ClassLoader.getSystemClassLoader());
  }

  @Test
  void notMoreThanSoManyAreRememberedAsMissing() {
    for (int i = 0; i <= 4_096; i++) {
      assertThat(loader.getResource("no/" + i)).isNull();
    }
    assertThat(asked).hasSize(4_097);
    assertThat(loader.getResource("no/0")).isNull();
    assertThat(asked).hasSize(4_098);
    assertThat(loader.getResource("no/4096")).isNull();
    assertThat(asked).hasSize(4_098);
  }

  @Test
  void whatIsRefusedIsAnErrorThatSaysWhyAndIsAskedForAgain() {
    parent.put("a.Mute", Found.refused("no bytes"));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> loader.loadClass("a.Mute"))
          .isInstanceOf(NoClassDefFoundError.class)
          .hasMessage("a.Mute: no bytes");
    }
    assertThat(asked).hasSize(2);
    assertThat(loader.getResource("a.Mute")).isNull();
  }

  @Test
  void whatIsNoClassIsAnErrorOfThatClass() {
    parent.put("a.Bad", here(new byte[50]));
    assertThatThrownBy(() -> loader.loadClass("a.Bad")).isInstanceOf(ClassFormatError.class);
  }

  @Test
  void resourcesHaveUrlsThatCanBeOpenedAnyNumberOfTimes() throws Exception {
    parent.put("a/text ü", here(new byte[] {1, 2}));
    URL url = loader.getResource("a/text ü");
    assertThat(url.toString()).isEqualTo("served:/a/text ü");
    for (int i = 0; i < 2; i++) {
      assertThat(url.openStream().readAllBytes()).containsExactly(1, 2);
      assertThat(url.openConnection().getContentLengthLong()).isEqualTo(2);
    }
    assertThat(loader.getResourceAsStream("a/text ü").readAllBytes()).containsExactly(1, 2);
    assertThat(Collections.list(loader.getResources("a/text ü"))).hasSize(1);
    assertThat(Collections.list(loader.getResources("a/no"))).isEmpty();
  }

  /** A class in the directory and one that it names in none; and a resource. */
  private void filled() throws IOException {
    Map<String, byte[]> classes =
        InMemory.compile(
            Map.of(
                "a.b.InFile",
                "package a.b; public class InFile { public Object get() { return new Named(); } }",
                "a.b.Named",
                "package a.b; class Named {}"));
    Files.createDirectories(directory.resolve("a/b"));
    Files.write(directory.resolve("a/b/InFile.class"), classes.get("a.b.InFile"));
    Files.write(directory.resolve("a/text"), new byte[] {1, 2});
    parent.put("a.b.Named", here(classes.get("a.b.Named")));
  }

  @Test
  void aClassInAFileMayNameOneThatIsInNone() throws Exception {
    filled();
    ServedLoader.addUrls(loader, new URL[] {directory.toUri().toURL()});
    Class<?> inFile = loader.loadClass("a.b.InFile");
    Object named = inFile.getMethod("get").invoke(inFile.getConstructor().newInstance());
    assertThat(named.getClass().getName()).isEqualTo("a.b.Named");
    assertThat(named.getClass().getClassLoader())
        .isSameAs(loader)
        .isSameAs(inFile.getClassLoader());
    assertThat(named.getClass().getPackage()).isSameAs(inFile.getPackage());
    assertThat(asked).containsExactly(new Wanted(5, Wanted.Kind.CLASS, "a.b.Named"));
  }

  @Test
  void aResourceInAFileIsNotAskedForUnlessAllAre() throws Exception {
    filled();
    URL[] urls = {directory.toUri().toURL()};
    ServedLoader.addUrls(loader, urls);
    ServedLoader.addUrls(loader, urls);
    ServedLoader.addUrls(ClassLoader.getSystemClassLoader(), urls);
    URL inFile = directory.resolve("a/text").toUri().toURL();
    assertThat(loader.getResource("a/text")).isEqualTo(inFile);
    assertThat(asked).isEmpty();
    assertThat(Collections.list(loader.getResources("a/text"))).containsExactly(inFile);
    parent.put("a/text", here(new byte[] {1, 2}));
    ServedLoader.lookAgain(loader);
    assertThat(Collections.list(loader.getResources("a/text")))
        .as("the same, from the same file")
        .containsExactly(inFile);
    parent.put("a/text", here(new byte[] {3}));
    assertThat(Collections.list(loader.getResources("a/text")))
        .extracting(URL::toString)
        .containsExactly(inFile.toString(), "served:/a/text");
  }
}
