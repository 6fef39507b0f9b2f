package io.delegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfTest {
  private static final Self BY_HANDLE =
      new Self(
          ProcessHandle.current().pid(),
          ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L));

  @TempDir private Path tmp;

  private Self of(String stat) throws Exception {
    return Self.look(Self.open(Files.writeString(tmp.resolve("stat"), stat).toString()));
  }

  @Test
  void isWhatTheJdkSays() {
    assertThat(Self.look(Self.open())).isEqualTo(BY_HANDLE);
  }

  @Test
  void aNameMayHoldAnything() throws Exception {
    assertThat(of("4711 (a) R 9 (b) S 4242 4711 3 0 -1")).isEqualTo(new Self(4711, 4242));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "4711", "4711 (java", "4711 (java) S", "x (java) S 1 ", "1 (java) S x"})
  void whereItCannotBeReadTheJdkIsAsked(String stat) throws Exception {
    assertThat(of(stat)).isEqualTo(BY_HANDLE);
  }

  @Test
  void whereThereIsNoneTheJdkIsAsked() {
    assertThat(Self.look(Self.open(tmp.resolve("none").toString()))).isEqualTo(BY_HANDLE);
  }

  @Test
  void whatIsOpenIsReadAnew() throws Exception {
    Path stat = Files.writeString(tmp.resolve("stat"), "7 (java) S 41 ");
    try (RandomAccessFile open = Self.open(stat.toString())) {
      assertThat(Self.look(open)).isEqualTo(new Self(7, 41));
      Files.writeString(stat, "7 (java) S 1 ");
      assertThat(Self.look(open)).isEqualTo(new Self(7, 1));
    }
  }
}
