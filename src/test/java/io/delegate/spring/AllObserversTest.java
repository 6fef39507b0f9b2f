package io.delegate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.ItemObserver;
import io.delegate.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AllObserversTest {
  private static final Outcome<String, String> OUTCOME =
      new Outcome.Success<>("a", 7, Duration.ZERO, 1, "A");

  private final List<String> told = new ArrayList<>();

  /** Says what it is told, and throws where it should. */
  private ItemObserver named(String name, String throwsAt) {
    return context -> {
      say(name, "subscribed", throwsAt);
      return (item, carried) -> {
        say(name, "taken", throwsAt);
        carried.put(name, context.apply("key") + " of " + item);
        return new ItemObserver.Item() {
          @Override
          public void ended(Outcome<?, ?> outcome) {
            say(name, "ended", throwsAt);
          }

          @Override
          public void cancelled() {
            say(name, "cancelled", throwsAt);
          }
        };
      };
    };
  }

  private void say(String name, String what, String throwsAt) {
    if (what.equals(throwsAt)) {
      if (name.equals("worse")) {
        throw new StackOverflowError("on purpose");
      }
      throw new IllegalStateException("on purpose");
    }
    told.add(name + " " + what);
  }

  private Map<String, String> follow(ItemObserver... observers) {
    Map<String, String> carried = new HashMap<>();
    ItemObserver.Items items =
        new AllObservers(List.of(observers)).subscribed(Function.<Object>identity()::apply);
    items.taken("a", carried).ended(OUTCOME);
    items.taken("b", new HashMap<>()).cancelled();
    return carried;
  }

  @Test
  void eachIsToldOfAllOnceAndMayAddToWhatGoesAlong() {
    Map<String, String> carried = follow(named("one", ""), named("two", ""));
    assertThat(carried).containsOnly(Map.entry("one", "key of a"), Map.entry("two", "key of a"));
    assertThat(told)
        .containsExactly(
            "one subscribed",
            "two subscribed",
            "one taken",
            "two taken",
            "one ended",
            "two ended",
            "one taken",
            "two taken",
            "one cancelled",
            "two cancelled");
  }

  @Test
  void oneThatThrowsKeepsNothingFromTheOthers() {
    for (String at : List.of("subscribed", "taken", "ended", "cancelled")) {
      told.clear();
      follow(named("bad", at), named("worse", at), named("good", ""));
      assertThat(told)
          .contains("good subscribed", "good taken", "good ended", "good cancelled")
          .doesNotContain("bad " + at, "worse " + at);
    }
  }
}
