package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.Work;
import io.delegate.conformance.Compiled;
import io.delegate.conformance.InMemory;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServedLoadersTest {
  private static final ClassLoader OWN = ServedLoadersTest.class.getClassLoader();

  private final ServedLoaders loaders = new ServedLoaders();

  private static ClassLoader inMemory() {
    return new InMemory.Loader(OWN, Map.of());
  }

  @Test
  void eachLoaderHasANumberOfItsOwnAndKeepsIt() {
    ClassLoader one = inMemory();
    ClassLoader two = inMemory();
    assertThat(loaders.numberOf(one)).isEqualTo(1);
    assertThat(loaders.numberOf(two)).isEqualTo(2);
    assertThat(loaders.numberOf(one)).isEqualTo(1);
    assertThat(loaders.get(2)).isSameAs(two);
    assertThat(loaders.get(3)).isNull();
    assertThat(loaders.get(0)).isNull();
  }

  /** Held by nobody else, it is not held here. */
  @Test
  void aLoaderThatIsGoneHasNoNumber() {
    int number = loaders.numberOf(inMemory());
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              System.gc();
              return loaders.get(number) == null;
            });
    assertThat(loaders.numberOf(inMemory())).isEqualTo(number + 1);
  }

  @Test
  void loadersOfFilesAreNotServed(@TempDir Path tmp) throws Exception {
    assertThat(ServedLoaders.isServed(OWN, ServedLoadersTest.class)).isFalse();
    assertThat(ServedLoaders.isServed(ClassLoader.getPlatformClassLoader(), Map.class)).isFalse();
    Path classes = Compiled.compile(tmp, "a.B", "package a; public class B {}");
    URL[] url = {classes.toUri().toURL()};
    try (URLClassLoader files = new URLClassLoader(url, OWN);
        URLClassLoader server = new URLClassLoader(url, OWN) {};
        URLClassLoader above = new URLClassLoader(new URL[0], server)) {
      assertThat(ServedLoaders.isServed(files, files.loadClass("a.B"))).isFalse();
      assertThat(ServedLoaders.isServed(server, server.loadClass("a.B"))).isFalse();
      assertThat(ServedLoaders.isServed(above, above.loadClass("a.B"))).isFalse();
    }
    Path jar = Compiled.jar(classes, tmp.resolve("j/a.jar"));
    try (URLClassLoader server = new URLClassLoader(new URL[] {jar.toUri().toURL()}, OWN) {}) {
      assertThat(ServedLoaders.isServed(server, server.loadClass("a.B"))).isFalse();
    }
  }

  @Test
  void allOthersAre(@TempDir Path tmp) throws Exception {
    assertThat(ServedLoaders.isServed(inMemory(), Map.class)).isTrue();
    Path classes = Compiled.compile(tmp, "a.B", "package a; public class B {}");
    URL[] url = {classes.toUri().toURL()};
    InMemory.Loader parent = InMemory.Loader.of(Map.of("a.C", "package a; public class C {}"));
    assertThat(parent.loadClass("a.C").getClassLoader()).isSameAs(parent);
    URL[] web = {URI.create("http://localhost:1/a.jar").toURL()};
    try (URLClassLoader above = new URLClassLoader(url, parent);
        URLClassLoader filtered = new URLClassLoader(url, inMemory());
        URLClassLoader other = new URLClassLoader(new URL[0], OWN) {};
        URLClassLoader mixed = new URLClassLoader(url, OWN) {};
        URLClassLoader fromWeb = new URLClassLoader(web, OWN)) {
      assertThat(ServedLoaders.isServed(above, above.loadClass("a.B")))
          .as("a parent in memory")
          .isTrue();
      assertThat(ServedLoaders.isServed(filtered, filtered.loadClass("a.B")))
          .as("a parent that has no classes")
          .isFalse();
      assertThat(ServedLoaders.isServed(other, Map.class)).as("as JShell's").isTrue();
      assertThat(ServedLoaders.isServed(fromWeb, Map.class)).as("from elsewhere").isTrue();
      assertThat(ServedLoaders.isServed(mixed, mixed.loadClass("a.B"))).isFalse();
    }
  }

  @Test
  void aLambdaIsWhereItsClassIs() throws Exception {
    Work<Integer, Integer> lambda = x -> x;
    assertThat(ServedLoaders.isServed(OWN, lambda.getClass())).isFalse();
  }

  @Test
  void aWorkSaysSoAtTheEndOfItsClassPath(@TempDir Path tmp) throws Exception {
    WorkBook book = new WorkBook(Fakes.launch(), 1 << 20, NoCodec.INSTANCE);
    Map<String, byte[]> classes =
        InMemory.compile(
            Map.of(
                "a.W",
                "package a; public class W implements io.delegate.Work<Integer, Integer> {"
                    + " public Integer apply(Integer x) { return x; } }"));
    URL[] url = {Compiled.compile(tmp, "a.B", "package a; public class B {}").toUri().toURL()};
    try (URLClassLoader files = new URLClassLoader(url, OWN)) {
      InMemory.Loader one = new InMemory.Loader(files, classes);
      InMemory.Loader two = new InMemory.Loader(OWN, classes);
      Shipped first = book.acquire(one.make("a.W"));
      Shipped second = book.acquire(two.make("a.W"));
      assertThat(first.frame().classPath())
          .containsExactly(tmp.resolve("classes").toUri().toString(), "served:1");
      assertThat(second.frame().classPath()).containsExactly("served:2");
      assertThat(book.acquire(one.make("a.W"))).isSameAs(first);
      assertThat(book.loaders().get(1)).isSameAs(one);
    }
  }
}
