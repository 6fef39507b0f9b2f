package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArchiveTrainingTest {
  @Test
  void aListIsUsedAsFarAsItIsWhole() {
    String list =
        """
        # a comment
        java/lang/Object id: 1
        Mine id: 2 super: 1 source: /plugins/mine.jar
        Hostile id: 9 super: 0\tsource:/tmp/x.jar
        Hostile super: 0
        @lambda-proxy Ours run ()V

        io/delegate/Outcome id: 3\r
        java/lang/Stri""";
    assertThat(ArchiveTraining.usable(list))
        .containsExactly(
            "java/lang/Object id: 1", "@lambda-proxy Ours run ()V", "io/delegate/Outcome id: 3");
    assertThat(ArchiveTraining.usable("")).isEmpty();
    assertThat(ArchiveTraining.usable("java/lang/Object")).isEmpty();
    assertThat(ArchiveTraining.usable("a".repeat(5_000) + "\nb\n")).containsExactly("b");
    assertThat(ArchiveTraining.usable("a\n".repeat(200_000))).hasSize(100_000);
  }
}
