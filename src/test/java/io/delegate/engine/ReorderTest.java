package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReorderTest {
  private final Reorder reorder = new Reorder();

  private void put(long index) {
    reorder.put(Answer.unsendable(Fakes.flight("item", index), new Exception("unused")));
  }

  private List<Long> takeAll() {
    List<Long> taken = new ArrayList<>();
    for (Answer answer = reorder.take(); answer != null; answer = reorder.take()) {
      taken.add(answer.flight.index);
    }
    return taken;
  }

  @Test
  void nothingIsDueWhereNothingCame() {
    assertThat(reorder.take()).isNull();
    put(1);
    assertThat(reorder.take()).isNull();
  }

  @Test
  void aHoleHoldsUpWhatIsBehindIt() {
    put(2);
    put(1);
    put(4);
    assertThat(takeAll()).isEmpty();
    put(0);
    assertThat(takeAll()).containsExactly(0L, 1L, 2L);
    put(3);
    assertThat(takeAll()).containsExactly(3L, 4L);
    assertThat(takeAll()).isEmpty();
  }

  @Test
  void oneFarAheadKeepsItsPlaceAndSoDoTheOthers() {
    put(3);
    put(15);
    put(16);
    put(1_000);
    put(17);
    assertThat(takeAll()).isEmpty();
    for (long i = 0; i < 1_000; i++) {
      if (i != 3 && (i < 15 || i > 17)) {
        put(i);
      }
    }
    assertThat(takeAll()).hasSize(1_001).isSorted().startsWith(0L).endsWith(1_000L);
  }

  @Test
  void itGrowsInTheMiddleOfTheStream() {
    for (long i = 0; i < 100; i++) {
      put(i);
      assertThat(takeAll()).containsExactly(i);
    }
    for (long i = 140; i > 100; i--) { // wraps, and grows twice
      put(i);
    }
    assertThat(takeAll()).isEmpty();
    put(100);
    assertThat(takeAll()).hasSize(41).isSorted().startsWith(100L).endsWith(140L);
  }

  @Test
  void anyOrderWithinAnyLookAheadComesOutInOrder() {
    Random random = new Random(1999);
    List<Long> taken = new ArrayList<>();
    List<Long> flying = new ArrayList<>();
    long next = 0;
    for (int i = 0; i < 50_000; i++) {
      int ahead = 1 + i / 100;
      if (flying.size() < ahead && random.nextInt(3) > 0) {
        flying.add(next++);
      } else if (!flying.isEmpty()) {
        put(flying.remove(random.nextInt(flying.size())));
        taken.addAll(takeAll());
      }
    }
    while (!flying.isEmpty()) {
      put(flying.remove(flying.size() - 1));
      taken.addAll(takeAll());
    }
    assertThat(taken).hasSize((int) next).isSorted().doesNotHaveDuplicates();
  }
}
