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
        @lambda-proxy Ours run ()V

        io/delegate/Outcome id: 3\r
        java/lang/Stri""";
    assertThat(ArchiveTraining.usable(list))
        .containsExactly(
            "# a comment",
            "java/lang/Object id: 1",
            "@lambda-proxy Ours run ()V",
            "io/delegate/Outcome id: 3");
    assertThat(ArchiveTraining.usable("")).isEmpty();
    assertThat(ArchiveTraining.usable("java/lang/Object")).isEmpty();
  }
}
