package io.delegate.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.NothingLeft;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The laws under hundreds of random schedules of crashes, kills, hangs, cancels and slow readers.
 *
 * <p>The schedules are the same each time: seeds from 1 on. {@code -Ddelegate.seed=N} plays one of
 * them, {@code -Ddelegate.schedules=N} so many; {@link SoakIT} plays others, for as long as you
 * like. A seed gives the same schedule, not the same races: play it some times.
 */
@ExtendWith(NothingLeft.class)
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
class FaultInjectionIT {
  private static final int SCHEDULES = Integer.getInteger("delegate.schedules", 320);
  private static final long SEED = Long.getLong("delegate.seed", 0);

  private static Theatre theatre;

  @BeforeAll
  static void open() throws Exception {
    theatre = new Theatre();
  }

  @AfterAll
  static void close() throws Exception {
    theatre.close();
    System.out.println("fault injection: " + theatre.tally);
  }

  @TestFactory
  Stream<DynamicTest> theLawsHold() {
    LongStream seeds = SEED == 0 ? LongStream.rangeClosed(1, SCHEDULES) : LongStream.of(SEED);
    Map<Long, CompletableFuture<List<String>>> plays = new TreeMap<>();
    seeds.forEach(seed -> plays.put(seed, theatre.play(seed)));
    return plays.entrySet().stream()
        .map(
            play ->
                DynamicTest.dynamicTest(
                    "seed " + play.getKey() + ": " + Dice.roll(play.getKey()).summary(),
                    () -> isRight(play.getKey(), play.getValue())));
  }

  private static void isRight(long seed, CompletableFuture<List<String>> play) throws Exception {
    List<String> wrongs = play.get(10, TimeUnit.MINUTES); // its own deadlines are shorter
    assertThat(wrongs).as(() -> Theatre.report(seed, wrongs)).isEmpty();
  }
}
