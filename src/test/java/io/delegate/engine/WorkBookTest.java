package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.DelegateException;
import io.delegate.SharedWork;
import io.delegate.Task;
import io.delegate.Work;
import io.delegate.codec.WorkCodec;
import java.io.Serializable;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkBookTest {
  private final WorkBook book = new WorkBook(Fakes.launch(), 1 << 20, NoCodec.INSTANCE);
  private final List<Integer> forgotten = new ArrayList<>();

  private static Work<Integer, Integer> adding(int number) {
    return item -> item + number;
  }

  @Test
  void aLambdaMadeAnewIsTheSameWork() {
    Shipped first = book.acquire(adding(1));
    Shipped again = book.acquire(adding(1));
    assertThat(again).isSameAs(first);
    assertThat(again.id()).isEqualTo(1);
    assertThat(first.loader()).isSameAs(WorkBookTest.class.getClassLoader());
    assertThat(first.frame().classPath()).isEmpty();
  }

  @Test
  void whatCapturesSomethingElseIsAnotherWork() {
    assertThat(book.acquire(adding(1)).id()).isEqualTo(1);
    assertThat(book.acquire(adding(2)).id()).isEqualTo(2);
    assertThat(book.acquire(adding(3)).id()).isEqualTo(3);
  }

  @Test
  void ofAnotherParentTheSameBytesWithOtherJarsAreAnotherWork() {
    byte[] bytes = WorkBook.encode(adding(1));
    Shipped first = book.adopt(List.of("file:/a.jar"), bytes);
    assertThat(book.adopt(List.of("file:/a.jar"), bytes)).isSameAs(first);
    Shipped second = book.adopt(List.of("file:/b.jar"), bytes);
    assertThat(second.id()).isNotEqualTo(first.id());
    book.release(second, forgotten::add);
    assertThat(book.adopt(List.of("file:/b.jar"), bytes)).isSameAs(second);
  }

  @Test
  void theShippedBytesAreTheWork() throws Exception {
    byte[] bytes = book.acquire(adding(41)).frame().bytes();
    @SuppressWarnings("unchecked")
    Work<Integer, Integer> copy =
        (Work<Integer, Integer>) WorkCodec.decode(bytes, WorkBookTest.class.getClassLoader());
    assertThat(copy.apply(1)).isEqualTo(42);
  }

  @Test
  void aWorkNobodyUsesIsKeptForTheNextCall() {
    Shipped first = book.acquire(adding(1));
    book.release(first, forgotten::add);
    assertThat(book.acquire(adding(1))).isSameAs(first);
    assertThat(forgotten).isEmpty();
  }

  @Test
  void ofUnusedWorks64AreKeptAndTheLongestUnusedIsForgottenFirst() {
    for (int i = 1; i <= 64; i++) {
      book.release(book.acquire(adding(i)), forgotten::add);
    }
    assertThat(forgotten).isEmpty();
    book.release(book.acquire(adding(1)), forgotten::add); // used once more: the youngest now
    book.release(book.acquire(adding(65)), forgotten::add);
    book.release(book.acquire(adding(66)), forgotten::add);
    assertThat(forgotten).containsExactly(2, 3);
    assertThat(book.acquire(adding(1)).id()).isEqualTo(1);
    assertThat(book.acquire(adding(2)).id()).as("a number is never used again").isEqualTo(67);
  }

  @Test
  void ofLargeUnusedWorksNoMoreThan64MiBAreKeptButTheLast() {
    WorkBook large = new WorkBook(Fakes.launch(), 100 << 20, NoCodec.INSTANCE);
    for (int i = 1; i <= 3; i++) {
      large.release(large.acquire(holding(i, 30 << 20)), forgotten::add);
    }
    assertThat(forgotten).containsExactly(1);
    large.release(large.acquire(adding(1)), forgotten::add);
    assertThat(forgotten).containsExactly(1);
    large.release(large.acquire(holding(4, 63 << 20)), forgotten::add);
    assertThat(forgotten).containsExactly(1, 2, 3);
    Shipped used = large.acquire(holding(4, 63 << 20)); // does not count while it is used
    large.release(large.acquire(holding(5, 30 << 20)), forgotten::add);
    assertThat(forgotten).containsExactly(1, 2, 3);
    large.release(used, forgotten::add);
    assertThat(forgotten).containsExactly(1, 2, 3, 4, 6);
  }

  private static Work<Integer, Integer> holding(int i, int bytes) {
    byte[] held = new byte[bytes];
    held[0] = (byte) i;
    return x -> held.length;
  }

  /** How often it was written. */
  private static final class Counted implements Serializable {
    private static final long serialVersionUID = 1L;

    private static int written;

    @SuppressWarnings("serial")
    private final Object held;

    Counted(Object held) {
      this.held = held;
    }

    private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
      written++;
      out.defaultWriteObject();
    }
  }

  @Test
  void aWorkWithASharedValueIsWrittenOnceAndOneMadeAnewIsTheSameWork() {
    Counted.written = 0;
    Work<Integer, String> first = Work.with(new Counted("a"), (shared, x) -> "" + shared.held + x);
    Shipped shipped = book.acquire(first);
    for (int i = 0; i < 5; i++) {
      book.release(book.acquire(first), forgotten::add);
    }
    assertThat(Counted.written).isEqualTo(1);
    assertThat(shipped.id()).isEqualTo(1);
    assertThat(book.acquire(sharing("b")).id()).isEqualTo(2);
    assertThat(book.acquire(sharing("b")).id()).isEqualTo(2);
    assertThat(book.acquire(sharing("c")).id()).isEqualTo(3);
    assertThat(Counted.written).isEqualTo(4);
    assertThat(new WorkBook(Fakes.launch(), 1 << 20, NoCodec.INSTANCE).acquire(first).id())
        .isEqualTo(1);
    assertThat(Counted.written).as("for another scheduler once more").isEqualTo(5);
  }

  private static Work<Integer, String> sharing(String text) {
    return Work.with(new Counted(text), (shared, x) -> "" + shared.held + x);
  }

  @Test
  void aSharedValueThatCannotTravelIsToldWithThePathOfFields() {
    Work<Integer, String> work = Work.with(new Settings(), (settings, x) -> settings + " " + x);
    assertThatThrownBy(() -> book.acquire(work))
        .isInstanceOf(DelegateException.NotShippable.class)
        .hasMessageContainingAll(Connection.class.getName(), "shared.connection");
  }

  @Test
  void aSharedWorkBringsTheClassesOfItsLoader(@TempDir Path directory) throws Exception {
    String name = Standalone.class.getName();
    ClassLoader parent = new NotThis(name);
    Path file = directory.resolve(name.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    try (var in =
        Standalone.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
      Files.write(file, in.readAllBytes());
    }
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, parent)) {
      @SuppressWarnings("unchecked")
      SharedWork<String, String, String> other =
          (SharedWork<String, String, String>)
              loader.loadClass(name).getDeclaredConstructor().newInstance();
      Shipped shipped = book.acquire(Work.with("shared", other));
      assertThat(shipped.loader()).isSameAs(loader);
      assertThat(shipped.frame().classPath()).containsExactly(directory.toUri().toString());
    }
  }

  @Test
  void aWorkInUseIsNeverForgotten() {
    Shipped used = book.acquire(adding(0));
    Shipped twice = book.acquire(adding(0));
    book.release(twice, forgotten::add); // one use is left
    for (int i = 1; i <= 200; i++) {
      book.release(book.acquire(adding(i)), forgotten::add);
    }
    assertThat(forgotten).hasSize(200 - 64).doesNotContain(used.id());
    assertThat(book.acquire(adding(0))).isSameAs(used);
  }

  private static final class Connection {}

  private static final class Settings implements Serializable {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"serial", "unused"})
    private final Object connection = new Connection();
  }

  private static final class Fetch implements Work<String, String> {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("unused")
    private final Settings settings = new Settings();

    @Override
    public String apply(String item) {
      return item;
    }
  }

  @Test
  void aWorkThatCannotTravelIsToldWithTheClassAndThePathOfFields() {
    assertThatThrownBy(() -> book.acquire(new Fetch()))
        .isInstanceOf(DelegateException.NotShippable.class)
        .hasMessageContainingAll(
            "cannot be sent", Connection.class.getName(), "settings", "connection");
    assertThat(book.acquire(adding(1)).id()).as("nothing was spent on it").isEqualTo(1);
  }

  @Test
  void theInitializerHasNoNumber() {
    Task<String> task = () -> "up";
    assertThat(book.initializer(task).id()).isZero();
    assertThat(book.acquire(adding(1)).id()).isEqualTo(1);
  }

  @Test
  void sameBytesFromAnotherLoaderAreAnotherWorkWithItsOwnClassPath(@TempDir Path directory)
      throws Exception {
    String name = Standalone.class.getName();
    Path file = directory.resolve(name.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    try (var in =
        Standalone.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
      Files.write(file, in.readAllBytes());
    }
    ClassLoader parent = new NotThis(name);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, parent)) {
      Shipped own = book.acquire(new Standalone());
      Shipped other = book.acquire(loader.loadClass(name).getDeclaredConstructor().newInstance());
      assertThat(other.frame().bytes()).isEqualTo(own.frame().bytes());
      assertThat(other.id()).isNotEqualTo(own.id());
      assertThat(other.loader()).isSameAs(loader);
      assertThat(other.frame().classPath()).containsExactly(directory.toUri().toString());
    }
  }

  /** A work that another loader can define, too. */
  public static final class Standalone
      implements Work<String, String>, SharedWork<String, String, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String apply(String shared, String item) {
      return shared + item;
    }

    @Override
    public String apply(String item) {
      return item;
    }
  }

  /** Everything but one class. */
  private static final class NotThis extends ClassLoader {
    private final String hidden;

    NotThis(String hidden) {
      super(WorkBookTest.class.getClassLoader());
      this.hidden = hidden;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.equals(hidden)) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }
}
