package io.delegate.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * How long work may still take when the context is closed.
 *
 * @param ofContext for what is under way then
 * @param ofJvm until the context has closed the scheduler at the end of the JVM: other phases come
 *     first, each with a time of its own
 */
record ExitGrace(Duration ofContext, Duration ofJvm) {
  private static final Logger log = LoggerFactory.getLogger(ExitGrace.class);

  private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";
  private static final String SHUTDOWN_HOOK = "spring.main.register-shutdown-hook";

  /** Spring's own default. */
  private static final Duration USUAL = Duration.ofSeconds(30);

  /**
   * Of a phase, for the outcomes of what is killed then: after it Spring closes the connections of
   * the web server. A quarter where a phase is short.
   */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private static final Duration LONGEST = Duration.ofDays(300);

  /** What must be over before ours, as a rule: the consumers of messages, the web server. */
  private static final int PHASES_BEFORE = 2;

  static ExitGrace of(DelegateProperties properties, Environment environment) {
    Binder binder = Binder.get(environment);
    Duration phase = least(binder.bind(PHASE_TIMEOUT, Duration.class).orElse(USUAL), LONGEST);
    Duration ofContext = checked(properties.exitGrace(), phase);
    if (ofContext.isZero() || !binder.bind(SHUTDOWN_HOOK, Boolean.class).orElse(true)) {
      return new ExitGrace(ofContext, Duration.ZERO); // nobody closes the context then
    }
    return new ExitGrace(
        ofContext, least(ofContext.plus(phase.multipliedBy(PHASES_BEFORE)), LONGEST));
  }

  private static Duration checked(@Nullable Duration given, Duration phase) {
    if (given == null) {
      return phase.minus(least(LAST_WORDS, phase.dividedBy(4)));
    }
    if (given.isNegative()) {
      throw new InvalidConfigurationPropertyValueException(
          DelegateProperties.PREFIX + ".exit-grace", given, "give zero or more");
    }
    if (!given.isZero() && given.compareTo(phase) >= 0) {
      log.warn(
          "{}.exit-grace is {}, and Spring goes on after {}, before what is late is killed and told: make {} longer than the grace",
          DelegateProperties.PREFIX,
          given,
          phase,
          PHASE_TIMEOUT);
    }
    return least(given, LONGEST);
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
