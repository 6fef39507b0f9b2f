package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delegate.ChildId;
import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Progress;
import io.delegate.RemoteError;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BoardTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration MILLI = Duration.ofMillis(1);

  private final AtomicLong clock = new AtomicLong(123_456_789_000L);
  private Board board = board(new DashboardBuilder());

  private Board board(Dashboard.Builder options) {
    return new Board(((DashboardBuilder) options).options(), clock::get, 1_000);
  }

  @Test
  void aSnapshotTellsAllAndNewsOnlyWhatIsNew() throws Exception {
    spawn(11);
    begin(11, "one");
    Frame first = board.frame(0);
    assertThat(first.text()).startsWith("retry: 1000\nevent: snapshot\ndata: {").endsWith("}\n\n");
    JsonNode snapshot = data(first);
    assertThat(snapshot.get("history").asLong()).isEqualTo(300_000);
    assertThat(snapshot.get("lanes")).hasSize(1);
    assertThat(snapshot.at("/lanes/0/item").asText()).isEqualTo("one");
    assertThat(snapshot.at("/lanes/0/state").asText()).isEqualTo("running");

    Frame quiet = board.frame(first.version());
    assertThat(quiet.text()).startsWith("event: news\n");
    assertThat(data(quiet).get("lanes")).isEmpty();
    assertThat(quiet.version()).isEqualTo(first.version());

    success(11, "one", MILLI);
    JsonNode news = data(board.frame(first.version()));
    assertThat(news.get("segments")).hasSize(1);
    assertThat(news.get("seconds")).hasSize(1);
    assertThat(news.at("/lanes/0/state").asText()).isEqualTo("idle");
    assertThat(news.at("/counts/0").asLong()).isEqualTo(1);
    assertThat(data(board.frame(0)).get("segments")).hasSize(1);
  }

  @Test
  void howFarAnItemIsIsNewsAndGoesWithItsEnd() throws Exception {
    spawn(11);
    progress(11, "idle");
    assertThat(data(board.frame(0)).at("/lanes/0/progress").isMissingNode()).isTrue();
    begin(11, "one");
    Frame before = board.frame(0);
    progress(11, "page\u001b 7");
    assertThat(data(board.frame(before.version())).at("/lanes/0/progress").asText())
        .isEqualTo("50 % page\\u001b 7");
    board.event(new Event.Slow(11, "one", MILLI));
    assertThat(data(board.frame(0)).at("/lanes/0/progress").asText()).startsWith("50 % page");
    success(11, "one", MILLI);
    begin(11, "two");
    assertThat(data(board.frame(0)).at("/lanes/0/progress").isMissingNode()).isTrue();
    progress(12, "of a child that is not there");
  }

  @Test
  void nodesAreShownWithTheirChildren() throws Exception {
    assertThat(data(board.frame(0)).get("nodes")).isEmpty();
    board.event(new Event.Node(1, "n1", 2, ""));
    board.event(new Event.Node(2, "n2", 3, ""));
    spawn(ChildId.of(2, 11));
    JsonNode both = data(board.frame(0));
    assertThat(both.get("children").asInt()).isEqualTo(5);
    assertThat(both.get("nodes"))
        .hasToString(
            "[{\"number\":1,\"name\":\"n1\",\"children\":2},{\"number\":2,\"name\":\"n2\",\"children\":3}]");
    assertThat(both.at("/lanes/0/pid").asLong()).isEqualTo(ChildId.of(2, 11));
    board.event(new Event.Node(2, "n2", 0, "it has left the cluster"));
    JsonNode one = data(board.frame(0));
    assertThat(one.get("children").asInt()).isEqualTo(2);
    assertThat(one.at("/nodes/1/children").asInt()).isEqualTo(0);
  }

  private void progress(long pid, String note) {
    board.event(new Event.Progress(pid, "one", new Progress(OptionalDouble.of(.5), note)));
  }

  @Test
  void whoHasSeenAnEmptyBoardIsToldTheFirstEvent() throws Exception {
    Frame empty = board.frame(0);
    spawn(11);
    assertThat(data(board.frame(empty.version())).get("lanes")).hasSize(1);
  }

  @Test
  void shortRunsInARowAreOnePiece() throws Exception {
    spawn(11);
    for (int i = 0; i < 100; i++) {
      pass(MILLI);
      success(11, "item " + i, MILLI);
    }
    JsonNode piece = onlyPiece();
    assertThat(piece.get(6).asInt()).isEqualTo(100);
    assertThat(piece.get(10).asText()).isEqualTo("item 0");
    assertThat(piece.get(5).asLong()).isEqualTo(100_000); // µs in all
  }

  @Test
  void theFirstFailureGivesAPieceItsName() throws Exception {
    spawn(11);
    success(11, "good", MILLI);
    fail(11, "bad", "no luck");
    fail(11, "worse", "still none");
    success(11, "good again", MILLI);
    JsonNode piece = onlyPiece();
    assertThat(piece.get(6).asInt()).isEqualTo(2);
    assertThat(piece.get(7).asInt()).isEqualTo(2);
    assertThat(piece.get(10).asText()).isEqualTo("bad");
    assertThat(piece.get(11).asText()).isEqualTo("java.io.IOException: no luck");
  }

  @Test
  void longRunsAndOtherChildrenArePiecesOfTheirOwn() throws Exception {
    spawn(11);
    spawn(12);
    success(11, "short", MILLI);
    pass(Duration.ofSeconds(3));
    success(11, "long", Duration.ofSeconds(3));
    success(11, "short again", MILLI);
    success(12, "other", MILLI);
    JsonNode pieces = data(board.frame(0)).get("segments");
    assertThat(pieces)
        .extracting(p -> p.get(10).asText())
        .containsExactly("short", "long", "short again", "other");
    assertThat(pieces.get(1).get(4).asLong() - pieces.get(1).get(3).asLong()).isEqualTo(3_000);
  }

  /** Law 10 holds for faces, too. */
  @Test
  void aMillionItemsOf64ChildrenTakeBoundedRoom() throws Exception {
    for (int i = 0; i < 64; i++) {
      spawn(100 + i);
    }
    long seen = board.frame(0).version();
    int mostPieces = 0;
    int mostText = 0;
    String item = "x".repeat(150);
    for (int i = 1; i <= 1_000_000; i++) {
      long pid = 100 + i % 64;
      begin(pid, item);
      if (i % 3 == 0) {
        fail(pid, item, "no luck");
      } else {
        success(pid, item, MILLI);
      }
      clock.addAndGet(400_000); // 2,500 a second, for 400 s
      if (i % 625 == 0) {
        Frame frame = board.frame(seen);
        seen = frame.version();
        mostPieces = Math.max(mostPieces, data(frame).get("segments").size());
        mostText = Math.max(mostText, frame.text().length());
      }
    }
    assertThat(mostPieces).isLessThanOrEqualTo(2 * 64);
    assertThat(mostText).isLessThan(80_000);
    Frame all = board.frame(0);
    JsonNode snapshot = data(all);
    assertThat(snapshot.get("segments")).hasSizeBetween(64 * 200, Board.MAX_SEGMENTS);
    assertThat(snapshot.get("seconds")).hasSizeBetween(300, 301);
    assertThat(snapshot.at("/counts/0").asLong() + snapshot.at("/counts/1").asLong())
        .isEqualTo(1_000_000);
    assertThat(all.text().length()).isLessThan(6_000_000);
    long first = snapshot.at("/segments/0/3").asLong();
    assertThat(snapshot.get("now").asLong() - first).as("reaches back").isGreaterThan(280_000);
  }

  @Test
  void moreChildrenThanCanBeDrawnAreCounted() throws Exception {
    for (int i = 1; i <= 300; i++) {
      spawn(i);
      success(i, "item", MILLI);
    }
    JsonNode snapshot = data(board.frame(0));
    assertThat(snapshot.get("lanes")).hasSize(Board.MAX_LANES);
    assertThat(snapshot.get("started").asLong()).isEqualTo(300);
    assertThat(snapshot.at("/counts/0").asLong()).isEqualTo(300);
    for (int i = 1; i <= 300; i++) {
      exit(i, asked());
    }
    spawn(301);
    assertThat(data(board.frame(0)).get("lanes")).hasSize(Board.MAX_LANES);
  }

  @Test
  void aSlotGoesOnWithTheNextChild() throws Exception {
    spawn(11);
    spawn(12);
    success(11, "one", MILLI);
    exit(11, asked());
    spawn(13);
    JsonNode lanes = data(board.frame(0)).get("lanes");
    assertThat(lanes).extracting(lane -> lane.get("pid").asLong()).containsExactly(13L, 12L);
    assertThat(lanes.get(0).get("items").asLong()).isZero();
    assertThat(data(board.frame(0)).get("deaths")).isEmpty();
  }

  @Test
  void theDeathOfAnItemIsToldOnceWithAllThatGetsKnown() throws Exception {
    spawn(11);
    begin(11, "picture");
    Outcome<?, ?> late =
        new Outcome.TimedOut<>(
            "picture", 11, Duration.ofSeconds(5), 1, Duration.ofSeconds(5), "\"main\" spins");
    board.event(new Event.Finished(late, Duration.ZERO));
    Frame before = board.frame(0);
    assertThat(data(before).at("/deaths/0/what").asText()).isEqualTo("longer than 5 s (timeout)");
    exit(11, MadeUpRun.crash());
    JsonNode news = data(board.frame(before.version())).get("deaths");
    assertThat(news).hasSize(1);
    assertThat(news.at("/0/id")).isEqualTo(data(before).at("/deaths/0/id"));
    assertThat(news.at("/0/kind").asText()).isEqualTo("timedOut");
    assertThat(news.at("/0/dump").asText()).isEqualTo("\"main\" spins");
    assertThat(news.at("/0/age").asLong()).isEqualTo(41_730);
    assertThat(data(board.frame(0)).get("lost").asLong()).isEqualTo(1);
  }

  @Test
  void aChildThatIsKilledInTheMiddleOfAnItemThatHasNoOutcomeIsADeath() throws Exception {
    spawn(11);
    begin(11, "again");
    pass(Duration.ofSeconds(2));
    exit(11, MadeUpRun.death(137, "SIGKILL", Death.Cause.SIGNAL, ""));
    JsonNode snapshot = data(board.frame(0));
    assertThat(snapshot.at("/deaths/0/kind").asText()).isEqualTo("exit");
    assertThat(snapshot.at("/deaths/0/item").asText()).isEqualTo("again");
    assertThat(snapshot.at("/deaths/0/what").asText()).isEqualTo("killed by SIGKILL");
    assertThat(snapshot.at("/segments/0/4").asLong() - snapshot.at("/segments/0/3").asLong())
        .isEqualTo(2_000);
    assertThat(snapshot.at("/lanes/0/state").asText()).isEqualTo("gone");
  }

  @Test
  void aChildThatNeverCameUpIsADeathWithoutSlot() throws Exception {
    board.event(
        new Event.StartFailed(0, MadeUpRun.death(-1, "", Death.Cause.START_FAILED, ""), MILLI));
    JsonNode snapshot = data(board.frame(0));
    assertThat(snapshot.at("/deaths/0/kind").asText()).isEqualTo("startFailed");
    assertThat(snapshot.get("lanes")).isEmpty();
  }

  @Test
  void theLastDeathsAreKept() throws Exception {
    board = board(Dashboard.builder().maxDeaths(5));
    for (int i = 1; i <= 40; i++) {
      spawn(i);
      abort(i, "item " + i);
      exit(i, MadeUpRun.crash());
    }
    JsonNode snapshot = data(board.frame(0));
    assertThat(snapshot.get("deaths"))
        .extracting(death -> death.get("item").asText())
        .containsExactly("item 36", "item 37", "item 38", "item 39", "item 40");
    assertThat(snapshot.get("lost").asLong()).isEqualTo(40);
    assertThat(snapshot.get("lanes")).hasSize(1);
  }

  @Test
  void evidenceIsBounded() throws Exception {
    spawn(11);
    Death talkative =
        new Death(1, Optional.empty(), Death.Cause.EXIT, "x".repeat(100_000) + "the end");
    board.event(new Event.Finished(new Outcome.Aborted<>("item", 11, MILLI, 1, talkative), MILLI));
    String stderr = data(board.frame(0)).at("/deaths/0/stderr").asText();
    assertThat(stderr).hasSize(DeathEntry.EVIDENCE + 1).startsWith("…x").endsWith("the end");
  }

  @Test
  void withoutEvidenceNoTextOfAChildIsTold() throws Exception {
    board = board(Dashboard.builder().evidence(false));
    spawn(11);
    fail(11, "item", "secret message");
    abort(11, "item");
    exit(11, MadeUpRun.crash());
    String text = board.frame(0).text();
    assertThat(text).contains("java.io.IOException", "NATIVE_CRASH", "crashed in native code");
    assertThat(text).doesNotContain("secret", "libtiff", "TIFFReadTile", "stderr");
  }

  @Test
  void anItemThatWaitedTooLongIsCountedAndKillsNobody() throws Exception {
    spawn(11);
    Outcome<?, ?> late = new Outcome.TimedOut<>("item", 0, Duration.ZERO, 0, MILLI, "");
    board.event(new Event.Finished(late, MILLI));
    JsonNode snapshot = data(board.frame(0));
    assertThat(snapshot.at("/counts/3").asLong()).isEqualTo(1);
    assertThat(snapshot.get("deaths")).isEmpty();
    assertThat(snapshot.get("segments")).isEmpty();
    assertThat(snapshot.at("/seconds/0/5").asLong()).as("it took no time").isZero();
  }

  @Test
  void whatWasLeftOutIsSaid() throws Exception {
    board.event(new Event.Dropped(7));
    board.event(new Event.Dropped(3));
    assertThat(data(board.frame(0)).get("leftOut").asLong()).isEqualTo(10);
  }

  @Test
  void textsOfItemsAreShortSingleLinesAndNothingBreaksTheFrame() throws Exception {
    List<Object> hostile =
        List.of(
            "<script>alert(1)</script>",
            "line\nend\r\n\ndata: {}\n\nevent: x",
            "\u202eevil\u0000\u2028",
            "\"quoted\\\"",
            "half \ud83d",
            "x".repeat(10_000),
            new Object() {
              @Override
              public String toString() {
                throw new IllegalStateException("no name");
              }
            });
    for (int i = 0; i < hostile.size(); i++) {
      spawn(i + 1);
      begin(i + 1, hostile.get(i));
    }
    Frame frame = board.frame(0);
    assertThat(frame.text().lines()).hasSize(4); // retry, event, data, and the empty one
    List<String> items = new ArrayList<>();
    data(frame).get("lanes").forEach(lane -> items.add(lane.get("item").asText()));
    assertThat(items.get(0)).isEqualTo("<script>alert(1)</script>");
    assertThat(items.get(1)).isEqualTo("line\\nend\\r\\n\\ndata: {}\\n\\nevent: x");
    assertThat(items.get(2)).isEqualTo("\\u202eevil\\u0000\\u2028");
    assertThat(items.get(5)).hasSize(ShortText.LONGEST + 1).endsWith("x…");
    assertThat(items.get(6)).contains("its toString() threw");
  }

  @Test
  void anItemIsLetGoWhenItHasItsOutcome() throws Exception {
    spawn(11);
    WeakReference<Object> item = runOne();
    for (int i = 0; i < 50 && item.get() != null; i++) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(item.get()).isNull();
  }

  private WeakReference<Object> runOne() {
    Object item = new StringBuilder("large");
    begin(11, item);
    success(11, item, MILLI);
    return new WeakReference<>(item);
  }

  private JsonNode onlyPiece() throws IOException {
    JsonNode pieces = data(board.frame(0)).get("segments");
    assertThat(pieces).hasSize(1);
    return pieces.get(0);
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  private void spawn(long pid) {
    board.event(new Event.Spawn(pid, MILLI));
  }

  private void begin(long pid, Object item) {
    board.event(new Event.Begin(pid, item));
  }

  private void success(long pid, Object item, Duration took) {
    board.event(new Event.Finished(new Outcome.Success<>(item, pid, took, 1, "r"), MILLI));
  }

  private void fail(long pid, Object item, String message) {
    RemoteError error = new RemoteError("java.io.IOException", message, "");
    board.event(new Event.Finished(new Outcome.Failure<>(item, pid, MILLI, 1, error), MILLI));
  }

  private void abort(long pid, Object item) {
    Outcome<?, ?> aborted = new Outcome.Aborted<>(item, pid, MILLI, 1, MadeUpRun.crash());
    board.event(new Event.Finished(aborted, MILLI));
  }

  private void exit(long pid, Death how) {
    board.event(new Event.Exit(pid, how, how.age(), 1, MILLI));
  }

  private static Death asked() {
    return new Death(0, Optional.empty(), Death.Cause.EXIT, "");
  }

  private static JsonNode data(Frame frame) throws IOException {
    String text = frame.text();
    return JSON.readTree(text.substring(text.indexOf("data: ") + 6));
  }

  @Test
  void aChildThatWasWishedAwayIsNoDeath() throws Exception {
    Death killed = MadeUpRun.death(137, "SIGKILL", Death.Cause.SIGNAL, "");
    for (ExitReason reason : ExitReason.values()) {
      long before = data(board.frame(0)).get("lost").asLong();
      spawn(11);
      begin(11, "item");
      pass(Duration.ofSeconds(1));
      board.event(new Event.Exit(11, killed, Duration.ofSeconds(1), 1, MILLI, reason));
      JsonNode snapshot = data(board.frame(0));
      assertThat(snapshot.get("lost").asLong() - before)
          .as("%s", reason)
          .isEqualTo(reason.isLost() ? 1 : 0);
      String end = snapshot.at("/lanes/0/end").asText();
      assertThat(end.isEmpty()).as("%s: %s", reason, end).isEqualTo(reason == ExitReason.STOPPED);
    }
  }
}
