package io.delegate.spring;

import io.delegate.report.MicrometerReporter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The meters of each scheduler, where there is a registry; unless the user has a reporter of them.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(MeterRegistry.class)
class MetersConfiguration {
  @Bean
  @ConditionalOnMissingBean(MicrometerReporter.class)
  Follower delegateMeters(ObjectProvider<MeterRegistry> registries) {
    return (name, scheduler) -> {
      MeterRegistry registry = registries.getIfUnique();
      return registry == null
          ? null
          : new MicrometerReporter(registry, Tag.of("scheduler", name))::event;
    };
  }
}
