package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassOrderTest {
  @TempDir Path tmp;
  private Path a;
  private Path b;
  private Path c;
  private Path classes;

  @BeforeEach
  void files() throws Exception {
    a = Files.createFile(tmp.resolve("a.jar"));
    b = Files.createFile(tmp.resolve("b.jar"));
    c = Files.createFile(tmp.resolve("c.jar"));
    classes = Files.createDirectory(tmp.resolve("classes"));
  }

  @Test
  void jarsAloneStayInTheUsersOrder() {
    ClassOrder order = ClassOrder.of(List.of(a, b, c), List.of(c));
    assertThat(order).isEqualTo(new ClassOrder(List.of(a, b, c), List.of()));
  }

  @Test
  void whatStandsBehindADirectoryIsNotArchived() {
    ClassOrder order = ClassOrder.of(List.of(a, classes, b), List.of());
    assertThat(order).isEqualTo(new ClassOrder(List.of(a), List.of(classes, b)));
    assertThat(order.all()).containsExactly(a, classes, b);
  }

  @Test
  void whatEveryChildLoadsGoesBeforeDirectories() {
    ClassOrder order = ClassOrder.of(List.of(a, classes, b, c), List.of(c));
    assertThat(order).isEqualTo(new ClassOrder(List.of(c, a), List.of(classes, b)));
    assertThat(order.all()).containsExactlyInAnyOrder(a, b, c, classes);
  }

  @Test
  void withDirectoriesOnlyThereIsNothingToArchive() {
    ClassOrder order = ClassOrder.of(List.of(classes), List.of());
    assertThat(order).isEqualTo(new ClassOrder(List.of(), List.of(classes)));
  }
}
