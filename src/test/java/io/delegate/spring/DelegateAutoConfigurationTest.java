package io.delegate.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.Event;
import io.delegate.ItemObserver;
import io.delegate.NothingLeft;
import io.delegate.ProcessScheduler;
import io.delegate.codec.JdkCodec;
import io.delegate.report.MicrometerObserver;
import io.delegate.report.MicrometerReporter;
import io.delegate.test.Script;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

@ExtendWith(NothingLeft.class)
class DelegateAutoConfigurationTest {
  private static final String BOOT_3 = "org.springframework.boot.actuate.health";
  private static final String BOOT_4 = "org.springframework.boot.health";

  private final ApplicationContextRunner contexts =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(DelegateAutoConfiguration.class))
          .withClassLoader(new FilteredClassLoader(BOOT_3));

  private static ProcessScheduler scheduler(AssertableApplicationContext context) {
    assertThat(context).hasNotFailed();
    return context.getBean(ProcessScheduler.class);
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  @Test
  void springBootFindsIt() {
    assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
        .contains(DelegateAutoConfiguration.class.getName());
  }

  @Test
  void thereIsASchedulerAndTheContextClosesIt() {
    List<ProcessScheduler> made = new ArrayList<>();
    contexts
        .withPropertyValues("delegate.name=pictures")
        .run(
            context -> {
              made.add(scheduler(context));
              assertThat(made.get(0).name()).isEqualTo("pictures");
              assertThat(made.get(0).isDisposed()).isFalse();
              assertThat(ProcessHandle.current().children()).isEmpty();
            });
    assertThat(made.get(0).isDisposed()).isTrue();
  }

  @Test
  void itCanBeSwitchedOff() {
    contexts
        .withPropertyValues("delegate.enabled=false")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBeansOfType(ProcessScheduler.class)).isEmpty();
              assertThat(context.getBeanNamesForType(SchedulerLifecycle.class)).isEmpty();
            });
  }

  @Test
  void withoutMicrometerAndTheActuatorItIsThere() {
    contexts
        .withClassLoader(new FilteredClassLoader("io.micrometer", BOOT_3, BOOT_4))
        .run(
            context -> {
              assertThat(scheduler(context)).isNotNull();
              assertThat(context.getBeansOfType(Follower.class)).isEmpty();
            });
  }

  @Test
  void anOwnSchedulerTakesItsPlace() {
    ProcessScheduler own = ProcessScheduler.builder().name("own").build();
    contexts
        .withBean("mine", ProcessScheduler.class, () -> own)
        .run(context -> assertThat(scheduler(context)).isSameAs(own));
    assertThat(own.isDisposed()).isTrue();
  }

  @Test
  void customizersComeLastAndInTheirOrder() {
    List<String> called = new ArrayList<>();
    contexts
        .withPropertyValues("delegate.name=pictures")
        .withBean(
            "second", ProcessSchedulerBuilderCustomizer.class, () -> b -> called.add("second"))
        .withBean("first", ProcessSchedulerBuilderCustomizer.class, () -> new First(called))
        .run(context -> assertThat(scheduler(context).name()).isEqualTo("customized"));
    assertThat(called).containsExactly("first", "second");
  }

  @Order(Ordered.HIGHEST_PRECEDENCE)
  record First(List<String> called) implements ProcessSchedulerBuilderCustomizer {
    @Override
    public void customize(ProcessScheduler.Builder builder) {
      called.add("first");
      builder.name("customized");
    }
  }

  @Test
  void ofTwoCodecsNoneIsChosen() {
    contexts
        .withBean("one", JdkCodec.class)
        .withBean("two", JdkCodec.class)
        .run(
            context ->
                assertThat(rootOf(context.getStartupFailure()))
                    .isInstanceOf(NoUniqueBeanDefinitionException.class)
                    .hasMessageContainingAll("Codec", "one", "two"));
  }

  @ParameterizedTest
  @CsvSource({
    "children, 0, from 1 to",
    "children, many, many",
    "name, '', not blank",
    "timeout, 0s, more than zero",
    "timeout, soon, soon",
    "slow-after, -1s, more than zero",
    "start-timeout, 400d, at most a year",
    "queue-timeout, 0, more than zero",
    "max-pending, -1, 0 or more",
    "spares, -1, 0 or more",
    "window, 70000, from 1 to",
    "retry-aborted, -1, 0 or more",
    "max-items-per-child, 0, 1 or more",
    "max-memory-per-child, 0B, give bytes",
    "max-age-per-child, 0s, more than zero",
    "idle-timeout, 0s, more than zero",
    "exit-grace, -1s, zero or more",
    "heap, 0B, give a size",
    "heap, lots, lots",
    "retry-heap, 2GB, set retryAborted",
    "java-home, /no/such/place, JDK or JRE",
    "working-directory, /no/such/place, make it first",
    "crash-reports, /no/such/place, make it first",
    "class-path, /no/such/place, no such file",
    "class-archives, /no/such/place, make it first",
    "result-types, java.lang.Integer, set trust",
    "result-types, no.such.Type, no.such.Type",
    "max-frame, 4GB, 1 MiB to 1 GiB",
    "max-frame, 1KB, 1 MiB to 1 GiB",
    "output, nowhere, nowhere",
    "deadline.times-median, 0.5, 1 or more",
    "health.max-losses, some, some",
    "observations, true, ObservationRegistry"
  })
  void aBadValueIsToldWithItsProperty(String property, String value, String remedy) {
    contexts
        .withPropertyValues("delegate." + property + "=" + value)
        .run(
            context -> {
              assertThat(context).hasFailed();
              List<String> messages = new ArrayList<>();
              for (Throwable t = context.getStartupFailure(); t != null; t = t.getCause()) {
                messages.add(t.toString());
              }
              assertThat(String.join("\n", messages)).contains("delegate." + property, remedy);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "delegate.timeout=1s, delegate.deadline.times-median=5, leave out delegate.timeout",
    "delegate.deadline.at-least=1s, delegate.deadline.at-most=5s, set it",
    "delegate.scratch-directory=true, delegate.working-directory=/, leave out workingDirectory"
  })
  void whatDoesNotGoTogetherIsTold(String one, String other, String remedy) {
    contexts
        .withPropertyValues(one, other)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasStackTraceContaining("delegate.")
                    .hasStackTraceContaining(remedy));
  }

  private static List<String> tagged(MeterRegistry registry) {
    return registry.find("delegate.items.waiting").meters().stream()
        .map(meter -> meter.getId().getTag("scheduler"))
        .sorted()
        .toList();
  }

  @Test
  void eachSchedulerIsMeasuredUnderANameOfItsOwn() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    contexts
        .withBean(MeterRegistry.class, () -> registry)
        .withBean("a", ProcessScheduler.class, () -> ProcessScheduler.create(1))
        .withBean("b", ProcessScheduler.class, () -> ProcessScheduler.create(1))
        .withBean(
            "c", ProcessScheduler.class, () -> ProcessScheduler.builder().name("words").build())
        .run(context -> assertThat(context).hasNotFailed());
    assertThat(tagged(registry)).containsExactly("b", "delegate", "words");
  }

  @Test
  void oneThatIsCalledAsTheBeanOfAnotherIsAllTheSameAnother() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    contexts
        .withBean(MeterRegistry.class, () -> registry)
        .withBean("a", ProcessScheduler.class, () -> named("b"))
        .withBean("b", ProcessScheduler.class, () -> named("b"))
        .withBean("c", ProcessScheduler.class, () -> named("b"))
        .run(context -> assertThat(context.getBean(ContextSchedulers.class).all()).hasSize(3));
    assertThat(tagged(registry)).containsExactly("b", "b-2", "c");
  }

  private static ProcessScheduler named(String name) {
    return ProcessScheduler.builder().name(name).build();
  }

  /** Its children are made up: what counts is that there are events. */
  @Test
  void anErrorOfOneThatFollowsKeepsNothingFromIt() {
    List<Event> heard = new CopyOnWriteArrayList<>();
    Follower follower =
        (name, scheduler) ->
            event -> {
              heard.add(event);
              throw new StackOverflowError("on purpose");
            };
    contexts
        .withBean(Follower.class, () -> follower)
        .withBean(ProcessScheduler.class, () -> Script.of().twin())
        .run(
            context -> {
              assertThat(scheduler(context).submit(x -> x, "a").block().isSuccess()).isTrue();
              scheduler(context).close();
              await().until(() -> heard.stream().anyMatch(Event.Cleanup.class::isInstance));
            });
    assertThat(heard).hasAtLeastOneElementOfType(Event.Spawn.class);
  }

  @Test
  void withAReporterOfMetersOfTheUsersOwnThereAreNoOthers() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    contexts
        .withBean(MeterRegistry.class, () -> registry)
        .withBean(
            MicrometerReporter.class,
            () -> new MicrometerReporter(registry, Tag.of("scheduler", "mine")))
        .run(context -> assertThat(context).hasNotFailed());
    assertThat(tagged(registry)).containsExactly("mine");
  }

  @Test
  void itemsAreObservedIfThatIsAskedFor() {
    ApplicationContextRunner observing =
        contexts.withBean(ObservationRegistry.class, ObservationRegistry::create);
    observing.run(context -> assertThat(context).doesNotHaveBean(ItemObserver.class));
    observing
        .withPropertyValues("delegate.observations=true")
        .run(context -> assertThat(context).hasSingleBean(MicrometerObserver.class));
    observing
        .withPropertyValues("delegate.observations=true")
        .withBean("mine", MicrometerObserver.class, ObservationRegistry.create())
        .run(
            context ->
                assertThat(context.getBeansOfType(ItemObserver.class)).containsOnlyKeys("mine"));
  }

  @Test
  void healthIsThereOnBothLinesOfSpringBoot() {
    contexts.run(
        context -> {
          assertThat(scheduler(context)).isNotNull();
          var health =
              context.getBean(org.springframework.boot.health.contributor.HealthIndicator.class);
          assertThat(health.health().getStatus().getCode()).isEqualTo("UP");
          assertThat(health.health().getDetails()).containsOnlyKeys("delegate");
          scheduler(context).close();
          assertThat(health.health().getStatus().getCode()).isEqualTo("DOWN");
        });
    contexts
        .withClassLoader(new FilteredClassLoader(BOOT_4))
        .run(
            context -> {
              assertThat(scheduler(context)).isNotNull();
              var health =
                  context.getBean(org.springframework.boot.actuate.health.HealthIndicator.class);
              assertThat(health.health().getStatus().getCode()).isEqualTo("UP");
              assertThat(health.health().getDetails()).containsOnlyKeys("delegate");
              scheduler(context).close();
              assertThat(health.health().getStatus().getCode()).isEqualTo("DOWN");
            });
  }

  @Test
  void healthCanBeSwitchedOff() {
    for (String off :
        Arrays.asList("management.health.delegate.enabled", "management.health.defaults.enabled")) {
      contexts
          .withPropertyValues(off + "=false")
          .run(context -> assertThat(context).doesNotHaveBean("delegateHealthIndicator"));
    }
    contexts
        .withPropertyValues(
            "management.health.defaults.enabled=false", "management.health.delegate.enabled=true")
        .run(context -> assertThat(context).hasBean("delegateHealthIndicator"));
  }
}
