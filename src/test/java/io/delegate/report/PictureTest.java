package io.delegate.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.report.LiveChild.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PictureTest {
  private static final Caption PICTURES = new Caption("thumbnails", 1_000, Duration.ofSeconds(5));
  private static final Caption ENDLESS = new Caption("delegate", 0, null);

  private static States run() {
    return new States()
        .child(48213, State.RUNNING, "dog.png", 1.25)
        .child(48214, State.SLOW, "emu.png", 4.81)
        .child(48219, State.IDLE, null, -1)
        .outcomes(616, 3, 1, 0);
  }

  private static String draw(Caption caption, LiveState state, int columns, int rows) {
    return String.join(
        "\n",
        new Picture(caption, Glyphs.UNICODE)
            .of(state, new Size(columns, rows)).stream().map(Row::toString).toList());
  }

  @Test
  void aRunIsAPictureToRead() {
    LiveState state = run().aborted(48197, "cat.png").at(15, 41.3);
    assertThat(draw(PICTURES, state, 76, 24))
        .isEqualTo(
            """
            ── thumbnails ──────────────────────────────────────────────── 3 children ──
              48197  aborted    cat.png  killed by SIGSEGV: bad header
              48213  running    dog.png                                     1.2 s of 5 s
              48214  slow       emu.png                                     4.8 s of 5 s
              48219  idle
            620 of 1,000 items     ━━━━━━━━━━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄    62 %      9 s left
            616 success   3 failure   1 aborted   0 timed out        41 items/s     15 s""");
  }

  @Test
  void withoutATotalThereIsNoBarAndNoEnd() {
    assertThat(draw(ENDLESS, run().at(15, 41.3), 76, 24))
        .endsWith(
            """
              48219  idle
            620 items      41 items/s     15 s
            616 success   3 failure   1 aborted   0 timed out""")
        .doesNotContain("left", "of 5 s");
  }

  @Test
  void itemsAreCutSoThatTimesStandBelowEachOther() {
    LiveState state =
        new States()
            .child(1, State.RUNNING, "日本語のとても長い名前のファイル.png", 1)
            .child(2, State.RUNNING, "a.png", 61)
            .at(61, 0);
    assertThat(draw(PICTURES, state, 60, 24))
        .contains(
            """
                  1  running    日本語のとても長い名前の…   1.0 s of 5 s
                  2  running    a.png                  1 min 01 s of 5 s
            """);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 10, 20, 30, 39, 40, 59, 60, 80, 200})
  void noRowIsWiderThanTheWindow(int columns) {
    LiveState state =
        run()
            .aborted(48197, "日本語のとても長い名前のファイル.png")
            .timedOut(0, "x".repeat(300), Duration.ofSeconds(5))
            .gone(9_999_999, "killed by SIGKILL")
            .at(1_000_000, 12_345);
    for (int rows = 1; rows < 40; rows++) {
      for (Caption caption : List.of(PICTURES, ENDLESS)) {
        List<Row> drawn = new Picture(caption, Glyphs.UNICODE).of(state, new Size(columns, rows));
        assertThat(drawn).allSatisfy(row -> assertThat(row.columns()).isLessThanOrEqualTo(columns));
        assertThat(drawn.size()).isLessThanOrEqualTo(rows * 2 / 3);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,0", "2,0", "3,1", "4,2", "5,3", "6,4", "9,6", "12,6", "24,6"})
  void aLowWindowKeepsWhatIsNeededMost(int rows, int shown) {
    String picture = draw(PICTURES, run().at(15, 41.3), 80, rows);
    assertThat(picture.isEmpty() ? 0 : picture.split("\n").length).isEqualTo(shown);
    if (shown > 0) {
      assertThat(picture).contains("620 of 1,000 items");
    }
    if (shown > 1) {
      assertThat(picture).contains("616 success");
    }
  }

  @Test
  void twentyColumnsAreEnough() {
    assertThat(draw(PICTURES, run().at(15, 41.3), 20, 24))
        .isEqualTo(
            """
            ────────────────────
            48213 dog.png  1.2 s
            48214 emu.png  4.8 s
            48219
            620 of 1,000 items
            616 success   4 not""");
  }

  @Test
  void ofManyChildrenTheLongestRunningAreShownInTheirPlaces() {
    States states = new States().outcomes(7, 0, 0, 0);
    for (int pid = 1; pid <= 64; pid++) {
      State state = pid % 10 == 0 ? State.IDLE : State.RUNNING;
      states.child(pid, state, state == State.IDLE ? null : "i" + pid, pid % 7 == 3 ? pid : 0.1);
    }
    states.child(65, State.SLOW, "i65", 20);
    assertThat(draw(ENDLESS, states.at(70, 1), 60, 12))
        .isEqualTo(
            """
            ── delegate ────────────────────────────────── 65 children ──
                 45  running    i45                               45.0 s
                 52  running    i52                               52.0 s
                 59  running    i59                               59.0 s
                 65  slow       i65                               20.0 s
            … and 61 more (6 idle, 55 running)
            7 items     1.0 items/s   1 min 10 s
            7 success   0 failure   0 aborted   0 timed out"""
                .replaceFirst("─ 65", " 65"));
  }

  @Test
  void howFarAnItemIsStandsBehindItWhereThereIsRoom() {
    States states = new States().outcomes(7, 0, 0, 0);
    states.child(41, State.RUNNING, "cat.png", 45, "42 % page 7");
    states.child(42, State.RUNNING, "a very long name of an item.png", 5, "42 % page 7");
    states.child(43, State.RUNNING, "cat.png", 5, "reading the whole of it, page by page by page");
    assertThat(draw(ENDLESS, states.at(70, 1), 60, 12))
        .contains("     41  running    cat.png  42 % page 7              45.0 s\n")
        .contains("     42  running    a very long name of an item.png    5.0 s\n")
        .contains("     43  running    cat.png  reading the whole of it…  5.0 s\n");
  }

  @Test
  void casualtiesNeverCrowdOutTheChildren() {
    States states = run();
    for (int i = 0; i < 3; i++) {
      states.aborted(i + 1, "item" + i);
    }
    assertThat(draw(PICTURES, states.at(1, 1), 80, 10)).contains("item2", "emu.png", "and 2 more");
    assertThat(draw(PICTURES, states.at(1, 1), 80, 24)).contains("item0", "item2", "48219");
  }

  @Test
  void aLongReasonLeavesRoomForTheItem() {
    Casualty longWords =
        new Casualty("aborted", 7, new Named("i".repeat(90)), "", "exit code 1", "w".repeat(90));
    Row row = new ChildRow(PICTURES, Glyphs.UNICODE, 80).of(longWords);
    assertThat(row.toString())
        .isEqualTo(
            "      7  aborted    " + "i".repeat(29) + "…  exit code 1: " + "w".repeat(14) + "…");
  }

  @Test
  void oneCrashAmongManyShowsInTheBar() {
    LiveState state = new States().outcomes(899, 0, 1, 0).at(9, 100);
    Row row = new ProgressRow(PICTURES, Glyphs.UNICODE).of(state, 80);
    assertThat(row.codes()).contains("\u001b[31m━\u001b[0m");
  }

  @Test
  void thereMayBeMoreItemsThanWereAnnounced() {
    LiveState state = new States().outcomes(1_200, 0, 0, 0).at(9, 100);
    assertThat(draw(PICTURES, state, 80, 24)).contains("1,200 of 1,000 items", "100 %");
  }

  @Test
  void aTerminalWithoutUnicodeGetsNone() {
    Glyphs glyphs = Glyphs.in(StandardCharsets.US_ASCII);
    List<Row> rows = new Picture(PICTURES, glyphs).of(run().at(15, 41), new Size(60, 6));
    assertThat(rows).allSatisfy(row -> assertThat(row.toString()).isPrintable());
    assertThat(rows.toString()).contains("----", "...", "=").matches("\\p{ASCII}*");
  }

  @Test
  void anItemCannotMoveTheCursor() {
    LiveState state = new States().child(1, State.RUNNING, "a\n\u001b[2Jb\tc", 1).at(1, 0);
    assertThat(draw(ENDLESS, state, 80, 24)).contains("a\\n\\u001b[2Jb\\tc");
  }

  /** A scroll region has two rows at least: above a view there must be room for one. */
  @Test
  void inTheLowestWindowTwoRowsAreTheProgramsOwn() {
    for (int rows = 1; rows < 60; rows++) {
      int room = Picture.room(new Size(80, rows));
      assertThat(room == 0 ? 2 : rows - room).as("%d rows", rows).isGreaterThanOrEqualTo(2);
      assertThat(room > 0).as("%d rows", rows).isEqualTo(rows >= 3);
    }
  }
}
