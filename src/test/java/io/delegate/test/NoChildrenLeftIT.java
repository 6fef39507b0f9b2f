package io.delegate.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.delegate.NothingLeft;
import io.delegate.ProcessScheduler;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The extension, on tests that leave something and on tests that do not. */
@ExtendWith(NothingLeft.class)
final class NoChildrenLeftIT {
  private static final Duration PATIENCE = Duration.ofSeconds(50);
  private static final Duration SHORT = Duration.ofMillis(20);

  static volatile ProcessScheduler shared;

  @AfterEach
  void close() {
    if (shared != null) {
      shared.close();
      shared = null;
    }
  }

  private static ProcessScheduler withAChild(String name) {
    ProcessScheduler scheduler = ProcessScheduler.builder().name(name).children(1).build();
    scheduler.spawn(1).block(PATIENCE);
    return scheduler;
  }

  /** What the failures of that class say. */
  private static List<String> failures(Class<?> tests) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build(),
            listener);
    assertThat(listener.getSummary().getTestsStartedCount()).isPositive();
    return listener.getSummary().getFailures().stream()
        .map(failure -> failure.getException().getMessage())
        .toList();
  }

  @Test
  void aChildThatIsLeftFailsTheTestAndIsNamed() {
    List<String> failures = failures(Leaves.class);
    long pid = shared.pids().get(0);
    assertThat(failures).hasSize(2); // the test's, and the class's
    assertThat(failures.get(0))
        .contains("leaves() left this behind")
        .contains("child " + pid + " of ProcessScheduler \"forgotten\": ")
        .contains("java")
        .contains("directory ")
        .contains("delegate-" + ProcessHandle.current().pid() + "-")
        .doesNotContain("which a child left");
  }

  @Test
  void whoClosesLeavesNothing() {
    assertThat(failures(Closes.class)).isEmpty();
  }

  @Test
  void aTwinHasNoChildrenToLeave() {
    assertThat(failures(LeavesATwin.class)).isEmpty();
  }

  @Test
  void theChildrenOfANamedSchedulerMayStay() {
    shared = withAChild("shared");
    assertThat(failures(UsesTheShared.class)).isEmpty();
  }

  @Test
  void theChildrenOfASchedulerKnownByItsNameMayStay() {
    shared = withAChild("cached");
    assertThat(failures(UsesTheCached.class)).isEmpty();
  }

  @Test
  void oneThatTheClassIsToCloseMayStayUntilThen() {
    shared = withAChild("static");
    List<String> failures = failures(NeverClosesItsOwn.class);
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0)).contains("NeverClosesItsOwn left").contains("\"static\"");
  }

  @Test
  void aNestedClassIsNotTheEndOfTheOuter() {
    shared = withAChild("outer");
    assertThat(failures(Outer.class)).isEmpty();
  }

  @Test
  void whoLooksAtItsOwnAloneIsNotToldOfOthers() {
    shared = withAChild("neighbour");
    assertThat(failures(LooksAtItsOwn.class)).isEmpty();
  }

  @Test
  void aRuleThatNeverHeldFailsTheTest() {
    assertThat(failures(HasARuleTooMany.class)).singleElement().asString().contains("onItem(3)");
  }

  static final class Leaves {
    @RegisterExtension static final NoChildrenLeft LEFT = new NoChildrenLeft().within(SHORT);

    @Test
    void leaves() {
      shared = withAChild("forgotten");
    }
  }

  @ExtendWith(NoChildrenLeft.class)
  static final class Closes {
    @Test
    void disposesAndDoesNotWait() {
      withAChild("disposed").dispose();
    }
  }

  @ExtendWith(NoChildrenLeft.class)
  static final class LeavesATwin {
    @Test
    void leaves() {
      Script.of().twin().spawn(2).block(PATIENCE);
    }
  }

  static final class UsesTheShared {
    @RegisterExtension
    static final NoChildrenLeft LEFT = NoChildrenLeft.butOf(shared).within(SHORT);

    @Test
    void uses() {
      shared.<Integer, Integer>submit(x -> x, 1).block(PATIENCE);
    }
  }

  static final class UsesTheCached {
    @RegisterExtension
    static final NoChildrenLeft LEFT = NoChildrenLeft.butOfSchedulersNamed("cached").within(SHORT);

    @Test
    void uses() {
      shared.<Integer, Integer>submit(x -> x, 1).block(PATIENCE);
    }
  }

  static final class NeverClosesItsOwn {
    @RegisterExtension
    static final NoChildrenLeft LEFT = NoChildrenLeft.butUntilAfterAll(shared).within(SHORT);

    @Test
    void uses() {
      shared.<Integer, Integer>submit(x -> x, 1).block(PATIENCE);
    }
  }

  static final class Outer {
    @RegisterExtension
    static final NoChildrenLeft LEFT = NoChildrenLeft.butUntilAfterAll(shared).within(PATIENCE);

    @org.junit.jupiter.api.AfterAll
    static void close() {
      shared.close();
    }

    @Nested
    class Inner {
      @Test
      void uses() {
        shared.<Integer, Integer>submit(x -> x, 1).block(PATIENCE);
      }
    }
  }

  static final class LooksAtItsOwn {
    static final ProcessScheduler own = ProcessScheduler.create(1);

    @RegisterExtension
    static final NoChildrenLeft LEFT = NoChildrenLeft.onlyOf(own).within(PATIENCE);

    @Test
    void uses() {
      own.spawn(1).block(PATIENCE);
      own.cleanup().block(PATIENCE);
    }

    @org.junit.jupiter.api.AfterAll
    static void close() {
      own.close();
    }
  }

  static final class HasARuleTooMany {
    final Script script = Script.of().onItem(3).crash(137);
    @RegisterExtension final AllRulesUsed used = AllRulesUsed.of(script);

    @Test
    void doesNotPlayIt() {}
  }
}
