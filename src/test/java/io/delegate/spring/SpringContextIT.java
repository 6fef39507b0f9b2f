package io.delegate.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delegate.ItemObserver;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Reporter;
import io.delegate.Work;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

/** With children. */
@ExtendWith(NothingLeft.class)
@Timeout(120)
class SpringContextIT {
  @TempDir Path tmp;

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private final ApplicationContextRunner contexts =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(DelegateAutoConfiguration.class))
          .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
          .withPropertyValues("delegate.children=1", "delegate.name=pictures");

  /** Says that it runs, and ends when the other file is there. */
  private static Work<String, String> waits(Path begun, Path go) {
    String[] files = {begun.toString(), go.toString()};
    return item -> {
      Files.createFile(Path.of(files[0]));
      while (!Files.exists(Path.of(files[1]))) {
        Thread.sleep(5);
      }
      return item + " done";
    };
  }

  private Reporter reporter(String name) {
    return new Reporter() {
      @Override
      public void success(long pid, Object item, @Nullable Object result) {
        told.add(name + " success " + item);
      }

      @Override
      public void cleanup() {
        told.add(name + " cleanup");
      }
    };
  }

  private ItemObserver observer(String name) {
    return context ->
        (item, carried) ->
            new ItemObserver.Item() {
              @Override
              public void ended(Outcome<?, ?> outcome) {
                told.add(name + " ended " + outcome.item());
              }

              @Override
              public void cancelled() {}
            };
  }

  @Test
  void allReportersAndObserversAreToldOnce() {
    contexts
        .withBean("r1", Reporter.class, () -> reporter("r1"))
        .withBean("r2", Reporter.class, () -> reporter("r2"))
        .withBean("o1", ItemObserver.class, () -> observer("o1"))
        .withBean("o2", ItemObserver.class, () -> observer("o2"))
        .run(
            context -> context.getBean(ProcessScheduler.class).submit(x -> x + "!", "one").block());
    await().until(() -> told.containsAll(List.of("r1 cleanup", "r2 cleanup"))); // on another thread
    assertThat(told)
        .containsExactlyInAnyOrder(
            "r1 success one",
            "r1 cleanup",
            "r2 success one",
            "r2 cleanup",
            "o1 ended one",
            "o2 ended one");
  }

  @Test
  void healthAndMetersFollowTheChildren() {
    contexts
        .withBean(MeterRegistry.class, () -> registry)
        .run(
            context -> {
              ProcessScheduler scheduler = context.getBean(ProcessScheduler.class);
              SchedulerHealth health = context.getBean(SchedulerHealth.class);
              assertThat(health.report().details().toString()).contains("childrenUp=0");
              assertThat(scheduler.submit(x -> x + "!", "one").block().isSuccess()).isTrue();
              await().until(() -> health.report().toString().contains("childrenUp=1"));
              scheduler.cleanup().block(); // is wished, and so no loss
              await().until(() -> health.report().toString().contains("childrenUp=0"));
              assertThat(health.report().toString()).doesNotContain("lastLoss");
              Work<String, String> halts =
                  x -> {
                    Runtime.getRuntime().halt(3);
                    return x;
                  };
              assertThat(scheduler.submit(halts, "two").block())
                  .isInstanceOf(Outcome.Aborted.class);
              await().until(() -> health.report().toString().contains("EXIT (exit code 3)"));
              assertThat(health.report().up()).isTrue();
              await()
                  .untilAsserted(
                      () ->
                          assertThat(
                                  registry
                                      .get("delegate.item.runs")
                                      .tags("scheduler", "pictures", "outcome", "aborted")
                                      .timer()
                                      .count())
                              .isEqualTo(1));
            });
  }

  @Test
  void itIsDownWhenNoChildCanBeStarted() {
    contexts
        .withPropertyValues("delegate.jvm-args=-XX:+NoSuchFlagAtAll")
        .run(
            context -> {
              SchedulerHealth health = context.getBean(SchedulerHealth.class);
              assertThatThrownBy(
                      () -> context.getBean(ProcessScheduler.class).submit(x -> x, "one").block())
                  .hasMessageContaining("NoSuchFlagAtAll");
              await().until(() -> !health.report().up());
              assertThat(health.report().toString())
                  .contains("children cannot be started", "NoSuchFlagAtAll");
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsUnderWayEndsWhenTheContextIsClosed(boolean stoppedBefore) {
    Path begun = tmp.resolve("begun");
    Path go = tmp.resolve("go");
    contexts.run(
        context -> {
          ProcessScheduler scheduler = context.getBean(ProcessScheduler.class);
          CompletableFuture<Outcome<String, String>> outcome =
              scheduler.<String, String>submit(waits(begun, go), "one").toFuture();
          await().until(() -> Files.exists(begun));
          if (stoppedBefore) {
            context.getSourceApplicationContext(ConfigurableApplicationContext.class).stop();
          }
          CompletableFuture<Void> closed = CompletableFuture.runAsync(close(context));
          await().until(scheduler::isDisposed);
          assertThatThrownBy(() -> scheduler.submit(x -> x, "two").block())
              .isInstanceOf(RejectedExecutionException.class);
          assertThat(closed).isNotDone();
          Files.createFile(go);
          assertThat(outcome.get(60, TimeUnit.SECONDS).orElseThrow()).isEqualTo("one done");
          closed.get(60, TimeUnit.SECONDS);
        });
  }

  @Test
  void whatIsNotDoneWithinTheGraceIsKilled() {
    Path begun = tmp.resolve("begun");
    contexts
        .withPropertyValues("delegate.exit-grace=50ms")
        .run(
            context -> {
              ProcessScheduler scheduler = context.getBean(ProcessScheduler.class);
              CompletableFuture<Outcome<String, String>> outcome =
                  scheduler
                      .<String, String>submit(waits(begun, tmp.resolve("never")), "one")
                      .toFuture();
              await().until(() -> Files.exists(begun));
              close(context).run();
              await().until(outcome::isCompletedExceptionally);
            });
  }

  private static Runnable close(AssertableApplicationContext context) {
    return context.getSourceApplicationContext(ConfigurableApplicationContext.class)::close;
  }
}
