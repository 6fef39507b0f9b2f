package io.delegate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.NothingLeft;
import io.delegate.ProcessScheduler;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@ExtendWith(NothingLeft.class)
class SchedulerLifecycleTest {
  private final ApplicationContextRunner contexts =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(DelegateAutoConfiguration.class))
          .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"));

  /**
   * Of the web server: {@code WebServerGracefulShutdownLifecycle}, {@code
   * WebServerStartStopLifecycle}.
   */
  @Test
  void itComesBetweenTheTwoStepsOfTheWebServer() {
    assertThat(SchedulerLifecycle.PHASE)
        .isLessThan(SmartLifecycle.DEFAULT_PHASE - 1024)
        .isGreaterThan(SmartLifecycle.DEFAULT_PHASE - 2048);
  }

  @Test
  void aContextThatIsOnlyStoppedKeepsItsScheduler() {
    contexts.run(
        context -> {
          ProcessScheduler scheduler = context.getBean(ProcessScheduler.class);
          ConfigurableApplicationContext real =
              context.getSourceApplicationContext(ConfigurableApplicationContext.class);
          SchedulerLifecycle lifecycle = context.getBean(SchedulerLifecycle.class);
          assertThat(lifecycle.isRunning()).isTrue();
          real.stop();
          assertThat(lifecycle.isRunning()).isFalse();
          assertThat(scheduler.isDisposed()).isFalse();
          real.start();
          assertThat(lifecycle.isRunning()).isTrue();
          assertThat(lifecycle.isPauseable()).isFalse();
        });
  }

  @Test
  void theEndOfAChildContextIsNotTheEnd() {
    contexts.run(
        context -> {
          GenericApplicationContext child = new GenericApplicationContext(context);
          child.refresh();
          child.close();
          context.getSourceApplicationContext(ConfigurableApplicationContext.class).stop();
          assertThat(context.getBean(ProcessScheduler.class).isDisposed()).isFalse();
        });
  }

  private static ExitGrace grace(Map<String, Object> properties) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    DelegateProperties bound =
        Binder.get(environment).bindOrCreate("delegate", DelegateProperties.class);
    return ExitGrace.of(bound, environment);
  }

  @Test
  void theGraceIsThatOfASpringPhaseUnlessItIsSet() {
    String phase = "spring.lifecycle.timeout-per-shutdown-phase";
    assertThat(grace(Map.of()))
        .isEqualTo(new ExitGrace(Duration.ofSeconds(30), Duration.ofSeconds(90)));
    assertThat(grace(Map.of(phase, "10s")))
        .isEqualTo(new ExitGrace(Duration.ofSeconds(10), Duration.ofSeconds(30)));
    assertThat(grace(Map.of(phase, "10s", "delegate.exit-grace", "1s")))
        .isEqualTo(new ExitGrace(Duration.ofSeconds(1), Duration.ofSeconds(21)));
    assertThat(grace(Map.of(phase, "9000d")).ofJvm()).isEqualTo(Duration.ofDays(300));
  }

  @Test
  void withoutAGraceOrAHookOfSpringsNothingHoldsUpTheEndOfTheJvm() {
    assertThat(grace(Map.of("delegate.exit-grace", "0s")))
        .isEqualTo(new ExitGrace(Duration.ZERO, Duration.ZERO));
    assertThat(grace(Map.of("spring.main.register-shutdown-hook", "false")).ofJvm())
        .isEqualTo(Duration.ZERO);
  }
}
