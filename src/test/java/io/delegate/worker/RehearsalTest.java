package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  @TempDir Path tmp;

  @Test
  void addsTheNamesOfClassesThatAreNotInTheListYet() throws Exception {
    Path loaded = tmp.resolve("loaded");
    Path list = tmp.resolve("list");
    Files.write(
        loaded,
        List.of(
            "# a comment",
            "java/lang/Object id: 0",
            "java/util/List id: 1",
            "java/util/List id: 1",
            "@lambda-proxy a/B run ()Ljava/lang/Runnable; ()V REF_invokeStatic a/B c ()V ()V",
            "a/Odd super: 0 source: elsewhere.jar",
            "java/util/Map"));
    List<String> listed =
        List.of("java/lang/Object id: 3", "@lambda-form-invoker [LF_RESOLVE] x", "a/B");
    Files.write(list, listed);
    Rehearsal.add(loaded, list);
    assertThat(Files.readAllLines(list))
        .startsWith(listed.toArray(String[]::new))
        .endsWith("a/B", "java/util/List", "java/util/Map")
        .hasSize(5);
  }

  @Test
  void leavesTheListAsItIsWhereNothingWasWritten() throws Exception {
    Path list = Files.writeString(tmp.resolve("list"), "a/B\n");
    assertThatThrownBy(() -> Rehearsal.add(tmp.resolve("none"), list))
        .isInstanceOf(IOException.class);
    assertThat(list).hasContent("a/B\n");
  }
}
