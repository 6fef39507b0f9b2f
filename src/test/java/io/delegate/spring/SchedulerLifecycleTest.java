package io.delegate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.delegate.NothingLeft;
import io.delegate.ProcessScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
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
          assertThat(lifecycle.isRunning()).isTrue(); // as its scheduler is
          assertThat(scheduler.isDisposed()).isFalse();
          real.start();
          assertThat(lifecycle.isRunning()).isTrue();
          assertThat(lifecycle.isPauseable()).isFalse();
        });
  }

  @Test
  void aContextThatIsClosedAfterItWasStoppedStillHasItsGrace() {
    contexts.run(
        context -> {
          ConfigurableApplicationContext real =
              context.getSourceApplicationContext(ConfigurableApplicationContext.class);
          SchedulerLifecycle lifecycle = context.getBean(SchedulerLifecycle.class);
          real.stop();
          real.close();
          assertThat(lifecycle.isRunning()).isFalse(); // it was asked to stop, the second time
        });
  }

  /** With a multicaster that hands events to other threads, of which here none ever comes. */
  @Test
  void thatItIsTheEndIsKnownBeforeThePhasesAreStopped() {
    contexts
        .withBean(
            AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
            SimpleApplicationEventMulticaster.class,
            () -> {
              SimpleApplicationEventMulticaster late = new SimpleApplicationEventMulticaster();
              late.setTaskExecutor(task -> {});
              return late;
            })
        .run(
            context -> {
              SchedulerLifecycle lifecycle = context.getBean(SchedulerLifecycle.class);
              context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
              assertThat(lifecycle.isRunning()).isFalse();
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
  void theGraceEndsBeforeASpringPhaseUnlessItIsSet() {
    String phase = "spring.lifecycle.timeout-per-shutdown-phase";
    assertThat(grace(Map.of()))
        .isEqualTo(new ExitGrace(Duration.ofSeconds(25), Duration.ofSeconds(85)));
    assertThat(grace(Map.of(phase, "10s")))
        .isEqualTo(new ExitGrace(Duration.ofMillis(7_500), Duration.ofMillis(27_500)));
    assertThat(grace(Map.of(phase, "10s", "delegate.exit-grace", "1s")))
        .isEqualTo(new ExitGrace(Duration.ofSeconds(1), Duration.ofSeconds(21)));
    assertThat(grace(Map.of(phase, "9000d")).ofJvm()).isEqualTo(Duration.ofDays(300));
  }

  private static List<String> warnings(Map<String, Object> properties) {
    Logger logger = (Logger) LoggerFactory.getLogger(ExitGrace.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      ExitGrace unused = grace(properties);
    } finally {
      logger.detachAppender(lines);
    }
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void aGraceThatIsNotShorterThanThePhaseIsWarnedOf() {
    assertThat(warnings(Map.of("delegate.exit-grace", "30s")))
        .singleElement()
        .asString()
        .contains("delegate.exit-grace is PT30S", "timeout-per-shutdown-phase longer");
    assertThat(warnings(Map.of("delegate.exit-grace", "29s"))).isEmpty();
    assertThat(warnings(Map.of())).isEmpty();
  }

  @Test
  void withoutAGraceOrAHookOfSpringsNothingHoldsUpTheEndOfTheJvm() {
    assertThat(grace(Map.of("delegate.exit-grace", "0s")))
        .isEqualTo(new ExitGrace(Duration.ZERO, Duration.ZERO));
    assertThat(grace(Map.of("spring.main.register-shutdown-hook", "false")).ofJvm())
        .isEqualTo(Duration.ZERO);
  }
}
