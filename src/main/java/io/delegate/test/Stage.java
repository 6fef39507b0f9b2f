package io.delegate.test;

import io.delegate.engine.Plot;
import java.time.Duration;

/** Where a script is played. */
final class Stage implements Plot {
  private static final Cue AS_IT_IS = new Cue(Duration.ZERO, new Act.Run(), null);

  private final Script script;

  Stage(Script script) {
    this.script = script;
  }

  @Override
  public Cue cue(Object item, int attempt) {
    Rule rule = script.ruleFor(item, attempt);
    return rule == null ? AS_IT_IS : rule.cue();
  }

  @Override
  public Birth birth() {
    return new Birth(script.slow(), script.deathAtStart());
  }

  @Override
  public boolean copies() {
    return script.copies();
  }
}
