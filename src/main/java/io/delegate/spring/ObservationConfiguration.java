package io.delegate.spring;

import io.delegate.ItemObserver;
import io.delegate.report.MicrometerObserver;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.ObservationRegistry;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An observation for each item, and with a tracer a span; if that is asked for. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnProperty(ObservationConfiguration.PROPERTY)
class ObservationConfiguration {
  static final String PROPERTY = DelegateProperties.PREFIX + ".observations";

  @Bean
  @ConditionalOnMissingBean(MicrometerObserver.class)
  ItemObserver delegateObserver(
      DelegateProperties properties, ObjectProvider<ObservationRegistry> registries) {
    ObservationRegistry registry = registries.getIfUnique();
    if (registry == null) {
      throw new InvalidConfigurationPropertyValueException(
          PROPERTY,
          true,
          "there is no one ObservationRegistry bean: spring-boot-starter-actuator brings one; or"
              + " leave this out");
    }
    String name = Optional.ofNullable(properties.name()).orElse("delegate");
    return new MicrometerObserver(registry, KeyValue.of("scheduler", name));
  }
}
