package io.delegate.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@code management.health.delegate.enabled}, else {@code management.health.defaults.enabled}, else
 * yes: as Spring's own condition, which has moved between 3.5 and 4.
 */
final class OnHealthEnabled extends SpringBootCondition {
  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    Environment environment = context.getEnvironment();
    boolean defaults =
        environment.getProperty("management.health.defaults.enabled", Boolean.class, true);
    boolean enabled =
        environment.getProperty("management.health.delegate.enabled", Boolean.class, defaults);
    return new ConditionOutcome(
        enabled,
        ConditionMessage.forCondition("management.health.delegate.enabled")
            .because(enabled ? "it is on" : "it is off"));
  }
}
