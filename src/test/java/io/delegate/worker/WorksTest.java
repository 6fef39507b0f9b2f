package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Task;
import io.delegate.Work;
import io.delegate.codec.JdkCodec;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorksTest {
  private final Works works = new Works("no codec");
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @AfterEach
  void restoreTheContextLoader() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private static byte[] adding(int number) throws IOException {
    Work<Integer, Integer> work = item -> item + number;
    return new JdkCodec().encode(work);
  }

  @Test
  void aWorkIsMadeOnceAndWhenItIsFirstAskedFor() throws Exception {
    works.add(new WorkFrame(1, List.of(), new byte[] {1, 2, 3})); // damaged, and nobody minds
    works.add(new WorkFrame(2, List.of(), adding(40)));
    Works.Ready ready = works.get(2);
    assertThat(ready.work().apply(2)).isEqualTo(42);
    assertThat(works.get(2)).isSameAs(ready);
    assertThatThrownBy(() -> works.get(1)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> works.get(1)).as("and again").isInstanceOf(IOException.class);
  }

  @Test
  void aWorkThatWasNeverSentIsNamed() {
    assertThatThrownBy(() -> works.get(7))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("work 7 was never sent");
  }

  @Test
  void aForgottenWorkIsGoneAndTheOthersStay() throws Exception {
    works.add(new WorkFrame(1, List.of(), adding(1)));
    works.add(new WorkFrame(2, List.of(), adding(2)));
    works.get(1);
    Works.Ready second = works.get(2);
    works.forget(1);
    works.forget(99);
    assertThatThrownBy(() -> works.get(1)).hasMessageContaining("never sent");
    assertThat(works.get(2)).isSameAs(second);
  }

  @Test
  void worksOfOneClassPathShareALoaderUntilTheLastIsForgotten(@TempDir Path directory)
      throws Exception {
    List<String> urls = List.of(directory.toUri().toString());
    works.add(new WorkFrame(1, urls, adding(1)));
    works.add(new WorkFrame(2, urls, adding(2)));
    works.add(new WorkFrame(3, List.of(), adding(3)));
    ClassLoader loader = works.get(1).loader();
    assertThat(loader).isNotSameAs(ClassLoader.getSystemClassLoader());
    assertThat(works.get(2).loader()).isSameAs(loader);
    assertThat(works.get(3).loader()).isSameAs(ClassLoader.getSystemClassLoader());
    works.forget(1);
    works.add(new WorkFrame(4, urls, adding(4)));
    assertThat(works.get(4).loader()).isSameAs(loader);
    works.forget(2);
    works.forget(4);
    works.add(new WorkFrame(5, urls, adding(5)));
    assertThat(works.get(5).loader()).isNotSameAs(loader);
  }

  @Test
  void anInitializerIsATaskWithoutANumber() throws Exception {
    Task<String> task = () -> "up";
    assertThat(works.task(new WorkFrame(0, List.of(), new JdkCodec().encode(task))).call())
        .isEqualTo("up");
    assertThatThrownBy(() -> works.get(0)).hasMessageContaining("never sent");
  }

  @Test
  void aUrlThatIsNoneIsAnIoException() throws Exception {
    works.add(new WorkFrame(1, List.of("no url"), adding(1)));
    assertThatThrownBy(() -> works.get(1)).isInstanceOf(IOException.class);
  }

  /** Nobody else is to look through it: there is no parent here that would answer. */
  private ClassLoader loader(Works in, int id) throws Exception {
    try {
      return in.get(id).loader();
    } finally {
      restoreTheContextLoader();
    }
  }

  @Test
  void aLoaderOfTheParentIsOneWhicheverFilesItsWorksAreIn(@TempDir Path directory)
      throws Exception {
    String first = directory.resolve("first/").toUri().toString();
    String second = directory.resolve("second/").toUri().toString();
    works.add(new WorkFrame(1, List.of(first, WorkFrame.served(1)), adding(1)));
    works.add(new WorkFrame(2, List.of(second, WorkFrame.served(1)), adding(2)));
    works.add(new WorkFrame(3, List.of(WorkFrame.served(1)), adding(3)));
    works.add(new WorkFrame(4, List.of(first, WorkFrame.served(2)), adding(4)));
    ClassLoader loader = loader(works, 1);
    assertThat(loader.getParent()).isSameAs(ClassLoader.getSystemClassLoader());
    assertThat(loader(works, 2)).isSameAs(loader);
    assertThat(loader(works, 3)).isSameAs(loader);
    assertThat(loader(works, 4)).isNotSameAs(loader);
    assertThat(((URLClassLoader) loader).getURLs())
        .containsExactly(new URL(first), new URL(second));
    works.forget(1);
    works.forget(3);
    works.add(new WorkFrame(5, List.of(first, WorkFrame.served(1)), adding(5)));
    assertThat(loader(works, 5)).isSameAs(loader);
    works.forget(2);
    works.forget(5);
    works.add(new WorkFrame(6, List.of(first, WorkFrame.served(1)), adding(6)));
    assertThat(loader(works, 6)).isNotSameAs(loader);
  }

  @Test
  void theLoaderOfTheInitializerIsNeverForgotten(@TempDir Path directory) throws Exception {
    String url = directory.toUri().toString();
    for (List<String> path : List.of(List.of(url), List.of(url, WorkFrame.served(1)))) {
      Works child = new Works("no codec");
      Task<ClassLoader> task = () -> Thread.currentThread().getContextClassLoader();
      Object loader = child.task(new WorkFrame(0, path, new JdkCodec().encode(task))).call();
      restoreTheContextLoader();
      assertThat(loader).isNotSameAs(ClassLoader.getSystemClassLoader());
      child.add(new WorkFrame(1, List.of(), adding(1)));
      loader(child, 1);
      child.forget(1);
      child.add(new WorkFrame(2, path, adding(2)));
      assertThat(loader(child, 2)).isSameAs(loader);
      child.forget(2);
      child.add(new WorkFrame(3, path, adding(3)));
      assertThat(loader(child, 3)).isSameAs(loader);
    }
  }
}
