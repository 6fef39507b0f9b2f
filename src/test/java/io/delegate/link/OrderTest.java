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
            heard.addAll(order.came(numbered(number)));
          }
          assertThat(heard)
              .isEqualTo(
                  LongStream.rangeClosed(1, 50).<Message>mapToObj(Message.End::new).toList());
        });
  }

  @Test
  void whatIsMissingForTooLongIsTold() throws Exception {
    Order order = new Order();
    assertThat(order.came(numbered(1))).hasSize(1);
    for (int i = 0; i < Order.MOST_EARLY; i++) {
      assertThat(order.came(numbered(3 + i))).isEmpty();
    }
    assertThatThrownBy(() -> order.came(numbered(3 + Order.MOST_EARLY)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("number 2 is missing");
  }
}
