package io.delegate.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Fuzz;
import io.delegate.wire.ProtocolException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OrderTest {
  private static final long MIB = 1 << 20;

  private static Envelope numbered(long number) {
    return new Envelope(true, new LinkId(1, 1), number, List.of(new Message.End(number)));
  }

  @Test
  void eachOnceAndInOrderHoweverTheyCome() throws Exception {
    Fuzz.rounds(
        500,
        random -> {
          List<Long> numbers = new ArrayList<>(LongStream.rangeClosed(1, 50).boxed().toList());
          for (int i = 0; i < 10; i++) {
            numbers.add(1L + random.nextInt(50)); // once more
          }
          Collections.shuffle(numbers, random);
          Order order = new Order();
          List<Message> heard = new ArrayList<>();
          for (long number : numbers) {
            heard.addAll(order.came(numbered(number), 100));
          }
          assertThat(heard)
              .isEqualTo(
                  LongStream.rangeClosed(1, 50).<Message>mapToObj(Message.End::new).toList());
        });
  }

  @Test
  void whatIsMissingForTooLongIsTold() throws Exception {
    Order order = new Order();
    assertThat(order.came(numbered(1), 100)).hasSize(1);
    for (int i = 0; i < Order.MOST_EARLY; i++) {
      assertThat(order.came(numbered(3 + i), 100)).isEmpty();
    }
    assertThatThrownBy(() -> order.came(numbered(3 + Order.MOST_EARLY), 100))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("number 2 is missing");
    assertThat(order.came(numbered(2), 100)).as("too late").isEmpty();
    assertThat(order.came(numbered(3), 100)).isEmpty();
  }

  @Test
  void oneThatIsEarlyMayBeLarge() throws Exception {
    Order order = new Order();
    assertThat(order.came(numbered(2), 1_000 * MIB)).isEmpty();
    assertThat(order.came(numbered(1), 1_000 * MIB)).hasSize(2);
  }

  @Test
  void whatIsEarlyIsBoundedInBytesToo() throws Exception {
    Order order = new Order();
    for (int round = 0; round < 3; round++) { // what has come in its turn does not count any more
      int first = 1 + 51 * round;
      for (int i = 1; i <= 50; i++) {
        assertThat(order.came(numbered(first + i), MIB)).isEmpty();
      }
      assertThat(order.came(numbered(first), MIB)).hasSize(51);
    }
    int missing = 1 + 51 * 3;
    for (int i = 1; i <= 64; i++) {
      assertThat(order.came(numbered(missing + i), MIB)).isEmpty();
      assertThat(order.came(numbered(missing + i), MIB)).as("once more").isEmpty();
    }
    assertThatThrownBy(() -> order.came(numbered(missing + 65), MIB))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("number " + missing + " is missing, and 65 that follow");
  }
}
