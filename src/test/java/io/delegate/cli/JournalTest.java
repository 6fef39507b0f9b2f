package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Outcome;
import io.delegate.RemoteError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final String WORK = "a.B::c";

  @TempDir Path tmp;
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = tmp.resolve("run.journal");
  }

  private static Outcome<String, String> success(String item) {
    return new Outcome.Success<>(item, 1, Duration.ZERO, 1, "1");
  }

  private static Outcome<String, String> failure(String item) {
    return new Outcome.Failure<>(item, 1, Duration.ZERO, 1, new RemoteError("T", "m", ""));
  }

  private void first(List<Outcome<String, String>> outcomes) throws IOException {
    try (Journal journal = Journal.open(file, WORK, Journal.Mode.NEW)) {
      outcomes.forEach(journal::add);
      journal.flush();
    }
  }

  private List<String> left(Journal.Mode mode, String... items) throws IOException {
    try (Journal journal = Journal.open(file, WORK, mode)) {
      return Stream.of(items).filter(item -> !journal.skips(item)).toList();
    }
  }

  @Test
  void whatHasSucceededIsLeftOutWhereverItStands() throws Exception {
    first(List.of(success("a"), failure("b"), success("grüße\nzwei")));
    assertThat(left(Journal.Mode.RESUME, "c", "b", "grüße\nzwei", "a")).containsExactly("c", "b");
  }

  @Test
  void onlyWhatWasTriedAndDidNotSucceedIsRetried() throws Exception {
    first(List.of(success("a"), failure("b")));
    assertThat(left(Journal.Mode.RETRY_FAILED, "a", "b", "c")).containsExactly("b");
  }

  @Test
  void anItemThatStandsTwiceHasTwoTurns() throws Exception {
    first(List.of(success("a")));
    assertThat(left(Journal.Mode.RESUME, "a", "a", "b")).containsExactly("a", "b");
  }

  @Test
  void whatFailedFirstAndSucceededLaterHasSucceeded() throws Exception {
    first(List.of(failure("a")));
    try (Journal journal = Journal.open(file, WORK, Journal.Mode.RESUME)) {
      assertThat(journal.skips("a")).isFalse();
      journal.add(success("a"));
      journal.flush();
    }
    assertThat(left(Journal.Mode.RESUME, "a")).isEmpty();
    assertThat(left(Journal.Mode.RETRY_FAILED, "a")).isEmpty();
  }

  /** However a run ends, the file goes on at a line. */
  @Test
  void aCutAnywhereCostsOneLineAtMost() throws Exception {
    first(List.of(success("a"), success("b"), success("c")));
    byte[] whole = Files.readAllBytes(file);
    int head = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
    int line = (whole.length - head) / 3;
    for (int length = head; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      int there = (length - head) / line;
      assertThat(left(Journal.Mode.RESUME, "a", "b", "c"))
          .as("%d bytes", length)
          .hasSize(3 - there);
      assertThat(Files.size(file)).isEqualTo(head + there * line);
    }
  }

  @Test
  void aCutFirstLineIsRefused() throws Exception {
    first(List.of());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertRefused(Journal.Mode.RESUME, "its first line is cut short; remove it");
  }

  @Test
  void theJournalOfAnotherWorkIsRefusedAndStaysAsItIs() throws Exception {
    first(List.of(success("a")));
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> Journal.open(file, "x.Y::z", Journal.Mode.RESUME))
        .hasMessageContaining("it is of the work a.B::c; name another file");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void anyOtherFileIsRefusedAndStaysAsItIs() throws Exception {
    Files.writeString(file, "my thesis\n");
    assertRefused(Journal.Mode.RESUME, "it is no journal of Delegate; name another file");
    assertThat(Files.readString(file)).isEqualTo("my thesis\n");
  }

  @Test
  void aDamagedLineIsNamed() throws Exception {
    first(List.of(success("a"), success("b")));
    List<String> lines = Files.readAllLines(file);
    Files.writeString(file, lines.get(0) + "\n" + lines.get(1) + "\nxx success\n" + lines.get(2));
    assertRefused(Journal.Mode.RESUME, "line 3 is damaged");
  }

  @Test
  void oneThatExistsIsNotOverwritten() throws Exception {
    first(List.of(success("a")));
    assertRefused(Journal.Mode.NEW, "it exists; add --resume to go on with it");
  }

  @Test
  void twoRunsDoNotShareOne() throws Exception {
    first(List.of());
    try (Journal unused = Journal.open(file, WORK, Journal.Mode.RESUME)) {
      assertRefused(Journal.Mode.RESUME, "another run uses it");
    }
  }

  @Test
  void nothingCanBeRetriedWithoutAJournal() {
    assertRefused(Journal.Mode.RETRY_FAILED, "there is nothing in it that could be run again");
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    file = tmp.resolve("none").resolve("run.journal");
    assertRefused(Journal.Mode.NEW, "it cannot be used: java.nio.file.NoSuchFileException");
  }

  private void assertRefused(Journal.Mode mode, String why) {
    assertThatThrownBy(() -> Journal.open(file, WORK, mode))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--journal")
        .hasMessageContaining(file.toString())
        .hasMessageContaining(why);
  }

  @Test
  void manyKeysAreCountedRight() {
    KeyCounts counts = new KeyCounts();
    Map<String, Integer> right = new HashMap<>();
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      String item = "item " + random.nextInt(40_000);
      int there = right.getOrDefault(item, 0);
      if (random.nextInt(3) == 0) {
        assertThat(counts.take(Key.of(item))).isEqualTo(there > 0);
        right.computeIfPresent(item, (key, n) -> Math.max(0, n - 1));
      } else {
        counts.add(Key.of(item));
        right.put(item, there + 1);
      }
      assertThat(counts.has(Key.of(item))).isEqualTo(right.containsKey(item));
    }
  }

  @Test
  void aKeyIsReadAsItIsWritten() {
    Key key = Key.of("a");
    assertThat(key.toString()).isEqualTo("ca978112ca1bbdcafac231b39a23dc4d");
    assertThat(Key.parse(key.toString())).isEqualTo(key);
  }

  @Test
  void whatWasNotFlushedCountsForNothing() throws Exception {
    try (Journal journal = Journal.open(file, WORK, Journal.Mode.NEW)) {
      journal.add(success("a"));
      journal.flush();
      journal.add(success("b"));
    }
    assertThat(left(Journal.Mode.RESUME, "a", "b")).containsExactly("b");
  }

  /** By an editor, or a checkout: its lines are longer than they look, and a cut would hit one. */
  @Test
  void oneWithOtherLineEndsIsRefusedAndStaysAsItIs() throws Exception {
    first(List.of(success("a"), success("b")));
    String there = Files.readString(file);
    for (String changed :
        new String[] {there.replace("\n", "\r\n"), there + "0".repeat(32) + " odd\n"}) {
      Files.writeString(file, changed);
      assertThatThrownBy(() -> Journal.open(file, WORK, Journal.Mode.RESUME))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("--journal");
      assertThat(Files.readString(file)).isEqualTo(changed);
    }
  }

  @Test
  void whoOnlyLooksChangesNothing() throws Exception {
    first(List.of(success("a"), success("b")));
    byte[] whole = Files.readAllBytes(file);
    byte[] torn = Arrays.copyOf(whole, whole.length - 3);
    Files.write(file, torn);
    try (Journal journal = Journal.look(file, WORK, Journal.Mode.RESUME)) {
      assertThat(journal.skips("a")).isTrue();
      assertThat(journal.skips("b")).isFalse();
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(torn);
    Files.write(file, new byte[0]);
    Journal.look(file, WORK, Journal.Mode.RESUME).close();
    assertThat(file).isEmptyFile();
  }
}
