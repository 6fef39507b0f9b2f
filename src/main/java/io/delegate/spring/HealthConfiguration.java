package io.delegate.spring;

import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** What the health endpoint shows as {@code delegate}: its types have moved from 3.5 to 4. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnHealthEnabled.class)
class HealthConfiguration {
  private static final String NAME = "delegateHealthIndicator";

  private static SchedulerHealth health(DelegateProperties properties) {
    return new SchedulerHealth(
        Optional.ofNullable(properties.health())
            .map(DelegateProperties.Health::maxLosses)
            .orElse(null),
        Clock.systemUTC());
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(org.springframework.boot.health.contributor.HealthIndicator.class)
  static class OfBoot4 {
    @Bean
    SchedulerHealth delegateSchedulerHealth(DelegateProperties properties) {
      return health(properties);
    }

    @Bean(NAME)
    @ConditionalOnMissingBean(name = NAME)
    org.springframework.boot.health.contributor.HealthIndicator indicator(SchedulerHealth health) {
      return () -> {
        SchedulerHealth.Report report = health.report();
        var builder = new org.springframework.boot.health.contributor.Health.Builder();
        return (report.up() ? builder.up() : builder.down()).withDetails(report.details()).build();
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(org.springframework.boot.actuate.health.HealthIndicator.class)
  static class OfBoot3 {
    @Bean
    SchedulerHealth delegateSchedulerHealth(DelegateProperties properties) {
      return health(properties);
    }

    @Bean(NAME)
    @ConditionalOnMissingBean(name = NAME)
    org.springframework.boot.actuate.health.HealthIndicator indicator(SchedulerHealth health) {
      return () -> {
        SchedulerHealth.Report report = health.report();
        var builder = new org.springframework.boot.actuate.health.Health.Builder();
        return (report.up() ? builder.up() : builder.down()).withDetails(report.details()).build();
      };
    }
  }
}
