import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** Five items, four kinds of outcome: the same program in every place. */
public class Program {
  /** What one item does, by its name. */
  public static String work(String item) {
    if (item.equals("fail")) {
      throw new IllegalStateException("no luck");
    }
    if (item.equals("crash")) {
      Runtime.getRuntime().halt(3);
    }
    while (item.equals("hang")) {
      Thread.onSpinWait();
    }
    return item.toUpperCase();
  }

  private static String told(Outcome<String, String> outcome, long begun) {
    return "%s=%s@%d"
        .formatted(outcome.item(), outcome.getClass().getSimpleName(), (System.nanoTime() - begun) / 1_000_000);
  }

  /** Prints each item with its outcome and the time since the start of main, in ms, as they come. */
  public static void main(String... arguments) {
    long begun = System.nanoTime();
    try (ProcessScheduler children = ProcessScheduler.builder().children(3).timeout(Duration.ofSeconds(3)).build()) {
      String line =
          Flux.just("one", "fail", "crash", "hang", "two")
              .transform(Delegate.parallel(Program::work, children))
              .map(outcome -> told(outcome, begun))
              .collectList()
              .map(all -> String.join(" ", all))
              .block();
      System.out.println("EVERYWHERE " + line);
    }
  }
}
