package io.delegate.test;

import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test in which a rule of a script never held, as {@link Script#verifyAllUsed} does, unless
 * it has failed already. For JUnit 5 and 6, in a field that is not static.
 *
 * <pre>{@code
 * final Script script = Script.of().onItem(3).crash(137);
 *
 * @RegisterExtension final AllRulesUsed used = AllRulesUsed.of(script);
 * }</pre>
 */
public final class AllRulesUsed implements AfterEachCallback {
  private final List<Script> scripts;

  private AllRulesUsed(List<Script> scripts) {
    this.scripts = scripts;
  }

  /**
   * Checks these.
   *
   * @param scripts the test's
   * @return the extension
   */
  public static AllRulesUsed of(Script... scripts) {
    return new AllRulesUsed(List.of(scripts));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isEmpty()) {
      scripts.forEach(Script::verifyAllUsed);
    }
  }
}
