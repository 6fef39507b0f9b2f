package recipes;

import io.delegate.ProcessScheduler;
import java.time.Duration;
import org.mozilla.javascript.Context;

/** JavaScript that others wrote, by Rhino. */
final class Scripts {
  private Scripts() {}

  static String run(String script) {
    try (Context context = Context.enter()) {
      context.setInterpretedMode(true);
      return Context.toString(
          context.evaluateString(
              context.initSafeStandardObjects(), script, "script", 1, null)); // no Java in reach
    }
  }

  static ProcessScheduler children() {
    return ProcessScheduler.builder()
        .children(2)
        .initializer(() -> run("'warm'")) // what Rhino loads first is in nobody's time
        .timeout(Duration.ofSeconds(5))
        .heap("64m")
        .maxItemsPerChild(100) // nobody's leftovers last
        .build();
  }
}
