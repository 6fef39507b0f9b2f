package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class MethodWorkTest {
  /** Throws what cannot be caught as an exception. */
  public static void error(String item) {
    throw new NoClassDefFoundError(item);
  }

  public static void nothing(String item) {}

  private static MethodWork shipped(String option) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(WorkFinder.find(option, List.of()));
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (MethodWork) in.readObject();
    }
  }

  @Test
  void itFindsItsMethodAgainWhereItIsShippedTo() throws Exception {
    MethodWork work = shipped("io.delegate.cli.Samples::mixed");
    assertThat(work.apply("three")).isEqualTo("5");
    assertThat(work.apply("four")).isEqualTo("4");
  }

  @Test
  void aContextLoaderThatSeesNothingDoesNotMatter() throws Exception {
    MethodWork work = shipped("io.delegate.cli.Samples::mixed");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      assertThat(work.apply("one")).isEqualTo("3");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void theFileOfAPathIsCountedAsWcDoes(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("f"), " a bc\n\n\td\ne");
    MethodWork stats = shipped("io.delegate.cli.Samples::stats");
    assertThat(stats.apply(file.toString()))
        .startsWith("{\"words\":4,\"lines\":3,\"bytes\":11,\"sha256\":\"")
        .hasSize("{\"words\":4,\"lines\":3,\"bytes\":11,\"sha256\":\"\"}".length() + 64);
    assertThatThrownBy(() -> stats.apply(dir.resolve("none").toString()))
        .isExactlyInstanceOf(NoSuchFileException.class);
  }

  @Test
  void wordsAreNotCutWhereTheBufferEnds(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "x".repeat(200_000) + " y\n");
    assertThat(Samples.stats(file).words()).isEqualTo(2);
  }

  @Test
  void theHashIsTheKnownOne(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "abc");
    assertThat(Samples.stats(file).sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void whatTheMethodThrowsComesOutAsItIs() throws Exception {
    assertThatThrownBy(() -> shipped("io.delegate.cli.Samples::fail").apply("x"))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("no luck with x");
    MethodWork error = shipped(MethodWorkTest.class.getName() + "::error");
    assertThatThrownBy(() -> error.apply("x")).isExactlyInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void aVoidMethodGivesNull() throws Exception {
    assertThat(shipped(MethodWorkTest.class.getName() + "::nothing").apply("x")).isEqualTo("null");
  }
}
