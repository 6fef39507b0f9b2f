package io.delegate.engine;

import io.delegate.engine.SlotState.Busy;
import io.delegate.engine.SlotState.Closed;
import io.delegate.engine.SlotState.Effect;
import io.delegate.engine.SlotState.Event;
import io.delegate.engine.SlotState.Idle;
import io.delegate.engine.SlotState.Killing;
import io.delegate.engine.SlotState.Resting;
import io.delegate.engine.SlotState.Starting;
import io.delegate.engine.SlotState.Then;
import io.delegate.engine.SlotState.Way;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What follows in every state upon every event, written down.
 *
 * <pre>
 *   R  Resting     S  Starting     I  Idle     C  Closed
 *   B2r            Busy with 2 in hand; then: s stay, r rest, c close
 *   Ar-- … Kcge    Killing: A asked or K killed; then r or c; g gone or -; e stream ended or -
 *
 *   after a state: + START, ? ASK, ! KILL, ~ BURY;   . nothing changes, nothing is to be done
 * </pre>
 *
 * Left out are states that cannot be reached, which SlotLifeTest shows: a killing that would stay,
 * and one of a child that is gone with its stream ended, which is buried at once.
 */
final class SlotTable {
  // spotless:off
  private static final String TABLE =
      """
             Want Ready Handed Answered Answered2 Stay  Rest  Close1 Kill  Exited StreamEnded Gone Close
      R      S+   .     .      .        .         .     .     C      .     .      .           .    C
      S      .    I     .      .        .         Kr--! Kr--! Kc--!  Kr--! Kr--!  Kr-e!       .    Kc--!
      I      .    .     B1s    .        .         .     Ar--? Ac--?  Kr--! Kr--!  Kr-e!       .    Kc--!
      B1s    .    .     B2s    I        I         .     B1r   B1c    Kr--! Kr--!  Kr-e!       .    Kc--!
      B1r    .    .     B2r    Ar--?    Ar--?     .     .     B1c    Kr--! Kr--!  Kr-e!       .    Kc--!
      B1c    .    .     B2c    Ac--?    Ac--?     .     .     .      Kc--! Kc--!  Kc-e!       .    Kc--!
      B2s    .    .     B3s    B1s      I         .     B2r   B2c    Kr--! Kr--!  Kr-e!       .    Kc--!
      B2r    .    .     B3r    B1r      Ar--?     .     .     B2c    Kr--! Kr--!  Kr-e!       .    Kc--!
      B2c    .    .     B3c    B1c      Ac--?     .     .     .      Kc--! Kc--!  Kc-e!       .    Kc--!
      Ar--   .    .     .      .        .         .     .     Ac--   Kr--! Kr--!  Ar-e        Arg- Kc--!
      Ac--   .    .     .      .        .         .     .     .      Kc--! Kc--!  Ac-e        Acg- Kc--!
      Ar-e   .    .     .      .        .         .     .     Ac-e   Kr-e! Kr-e!  .           R~   Kc-e!
      Ac-e   .    .     .      .        .         .     .     .      Kc-e! Kc-e!  .           C~   Kc-e!
      Arg-   .    .     .      .        .         .     .     Acg-   Krg-! Krg-!  R~          .    Kcg-!
      Acg-   .    .     .      .        .         .     .     .      Kcg-! Kcg-!  C~          .    Kcg-!
      Kr--   .    .     .      .        .         .     .     Kc--   .     .      Kr-e        Krg- Kc--
      Kc--   .    .     .      .        .         .     .     .      .     .      Kc-e        Kcg- .
      Kr-e   .    .     .      .        .         .     .     Kc-e   .     .      .           R~   Kc-e
      Kc-e   .    .     .      .        .         .     .     .      .     .      .           C~   .
      Krg-   .    .     .      .        .         .     .     Kcg-   .     .      R~          .    Kcg-
      Kcg-   .    .     .      .        .         .     .     .      .     .      C~          .    .
      C      .    .     .      .        .         .     .     .      .     .      .           .    .
      """;
  // spotless:on

  static final String OLD = "child";
  static final String FRESH = "fresh child";

  private SlotTable() {}

  /** The events by the names of the columns. */
  static Map<String, Event<String>> events() {
    Map<String, Event<String>> events = new LinkedHashMap<>();
    events.put("Want", new Event.Want<>(FRESH));
    events.put("Ready", new Event.Ready<>());
    events.put("Handed", new Event.Handed<>(1));
    events.put("Answered", new Event.Answered<>(1));
    events.put("Answered2", new Event.Answered<>(2));
    events.put("Stay", new Event.Retire<>(Then.STAY));
    events.put("Rest", new Event.Retire<>(Then.REST));
    events.put("Close1", new Event.Retire<>(Then.CLOSE));
    events.put("Kill", new Event.Kill<>());
    events.put("Exited", new Event.Exited<>());
    events.put("StreamEnded", new Event.StreamEnded<>());
    events.put("Gone", new Event.Gone<>());
    events.put("Close", new Event.Close<>());
    return events;
  }

  /** One cell: in this state, upon this event, this is to follow. */
  record Cell(String state, String event, String expected) {
    SlotState<String> expectedState() {
      return expected.equals(".")
          ? SlotTable.state(state, OLD)
          : SlotTable.state(
              expected.replaceAll("[+?!~]$", ""), expected.endsWith("+") ? FRESH : OLD);
    }

    List<Effect> expectedEffects() {
      return switch (expected.charAt(expected.length() - 1)) {
        case '+' -> List.of(Effect.START);
        case '?' -> List.of(Effect.ASK);
        case '!' -> List.of(Effect.KILL);
        case '~' -> List.of(Effect.BURY);
        default -> List.of();
      };
    }
  }

  static List<Cell> cells() {
    List<String[]> rows = TABLE.lines().map(line -> line.strip().split(" +")).toList();
    String[] head = rows.get(0);
    return rows.stream()
        .skip(1)
        .flatMap(
            row ->
                java.util.stream.IntStream.range(1, row.length)
                    .mapToObj(i -> new Cell(row[0], head[i - 1], row[i])))
        .toList();
  }

  static SlotState<String> state(String code, String child) {
    return switch (code.charAt(0)) {
      case 'R' -> new Resting<>();
      case 'S' -> new Starting<>(child);
      case 'I' -> new Idle<>(child);
      case 'C' -> new Closed<>();
      case 'B' -> new Busy<>(child, code.charAt(1) - '0', then(code.charAt(2)));
      default ->
          new Killing<>(
              child,
              code.charAt(0) == 'A' ? Way.ASKED : Way.KILLED,
              code.charAt(2) == 'g',
              code.charAt(3) == 'e',
              then(code.charAt(1)));
    };
  }

  private static Then then(char code) {
    return switch (code) {
      case 's' -> Then.STAY;
      case 'r' -> Then.REST;
      case 'c' -> Then.CLOSE;
      default -> throw new IllegalArgumentException("then " + code);
    };
  }
}
