package io.delegate.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Where schedules are run, some at a time: most of the time of each is waiting. */
final class Theatre implements AutoCloseable {
  private static final int AT_ONCE = Integer.getInteger("delegate.at.once", 3);

  private final Path base;
  private final Census census = new Census();
  private final Output output = new Output();
  private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
  final Tally tally = new Tally();

  Theatre() throws IOException {
    this.base = Files.createTempDirectory("faults-");
  }

  /** What went wrong with it, once it has run. */
  CompletableFuture<List<String>> play(long seed) {
    return CompletableFuture.supplyAsync(() -> playNow(seed), threads);
  }

  private List<String> playNow(long seed) {
    Path directory = base.resolve(Long.toString(seed));
    try {
      Files.createDirectories(directory);
      return new Run(Dice.roll(seed), directory, census, output, tally).go();
    } catch (Throwable e) {
      throw new IllegalStateException("the schedule of seed " + seed + " could not be run", e);
    } finally {
      delete(directory);
    }
  }

  /** What to say of a seed whose schedule went wrong. */
  static String report(long seed, List<String> wrongs) {
    Schedule schedule = Dice.roll(seed);
    return "%s%n  odd items: %s%n  %s%n  again: mvn verify -Dit.test=FaultInjectionIT -Ddelegate.seed=%d%n"
        .formatted(
            schedule.summary(),
            schedule.oddities(),
            String.join(System.lineSeparator() + "  ", wrongs),
            seed);
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws Exception {
    threads.shutdown();
    census.close();
    output.close();
    delete(base);
  }
}
