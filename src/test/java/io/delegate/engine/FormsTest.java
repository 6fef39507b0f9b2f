package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormsTest {
  private final Forms<Object> forms = new Forms<>();

  /** Equal to everything, and of a hash code that cannot be had. */
  private static final class Hostile {
    @Override
    public boolean equals(Object o) {
      return true;
    }

    @Override
    public int hashCode() {
      throw new IllegalStateException("no");
    }
  }

  @Test
  void eachObjectHasAFormOfItsOwnMadeOnce() {
    List<Hostile> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Hostile object = new Hostile();
      all.add(object);
      int n = i;
      assertThat(forms.of(object, () -> n)).isEqualTo(n);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(
              forms.of(
                  all.get(i),
                  () -> {
                    throw new AssertionError();
                  }))
          .isEqualTo(i);
    }
  }

  @Test
  void whatCouldNotBeMadeIsTriedAgain() {
    Object object = new Object();
    assertThatThrownBy(
            () ->
                forms.of(
                    object,
                    () -> {
                      throw new IllegalStateException("not now");
                    }))
        .hasMessage("not now");
    assertThat(forms.of(object, () -> "made")).isEqualTo("made");
  }

  @Test
  void nothingIsKeptOfWhatNobodyHas() {
    List<WeakReference<Object>> made = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      forms.of(
          new Object(),
          () -> {
            Object form = new byte[100];
            made.add(new WeakReference<>(form));
            return form;
          });
    }
    Object last = new Object();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              System.gc();
              forms.of(last, () -> "last"); // clears away as it goes
              return made.stream().allMatch(form -> form.get() == null);
            });
  }
}
