package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.link.Digest;
import io.delegate.link.Envelope;
import io.delegate.link.LinkId;
import io.delegate.link.Mesh;
import io.delegate.link.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
  private final Queue<byte[]> sent = new ConcurrentLinkedQueue<>();
  private final Queue<CompletableFuture<Void>> taken = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();
  private final AtomicLong weight = new AtomicLong();
  private final Outbox outbox =
      new Outbox(
          new Wire(), "n1", true, new LinkId(1, 1), broken::add, more -> weight.addAndGet(more));

  private final class Wire implements Mesh {
    @Override
    public void listen(Listener listener) {}

    @Override
    public CompletionStage<Void> send(String member, byte[] message) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      taken.add(done);
      sent.add(message);
      return done;
    }

    @Override
    public void close() {}
  }

  private List<Message> next() throws Exception {
    await().until(() -> !sent.isEmpty());
    List<Message> all = Envelope.read(sent.remove()).messages();
    return all;
  }

  private void taken() {
    taken.remove().complete(null);
  }

  @Test
  void whatFollowsTheLastWordWaitsUntilAllWasTaken() throws Exception {
    AtomicInteger follows = new AtomicInteger();
    outbox.say(new Message.End(1));
    next();
    outbox.sayLast(new Message.Gone(), follows::incrementAndGet);
    assertThat(next()).containsExactly(new Message.Gone());
    taken.remove(); // the first is slow
    CompletableFuture<Void> last = taken.remove();
    assertThat(follows).hasValue(0);
    last.completeExceptionally(new IOException("gone"));
    await().untilAsserted(() -> assertThat(follows).hasValue(1));
    assertThat(broken).hasSize(1);
  }

  @Test
  void theLastWordIsTaken() throws Exception {
    AtomicInteger follows = new AtomicInteger();
    outbox.say(new Message.End(1));
    next();
    outbox.sayLast(new Message.Gone(), follows::incrementAndGet);
    next();
    taken();
    assertThat(follows).hasValue(0);
    taken();
    await().untilAsserted(() -> assertThat(follows).hasValue(1));
    outbox.close();
    outbox.sayLast(new Message.Gone(), follows::incrementAndGet);
    await("nothing is sent any more").untilAsserted(() -> assertThat(follows).hasValue(2));
    assertThat(sent).isEmpty();
  }

  @Test
  void aFileHoldsUpNothingAndIsHeldUpByNothing(@TempDir Path directory) throws Exception {
    Path file = Files.write(directory.resolve("a"), new byte[3 << 18]);
    outbox.sayFile(Digest.of(Digest.begin()), file);
    List<Message> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      outbox.say(new Message.End(i));
      all.addAll(next());
      taken();
    }
    assertThat(all.stream().filter(Message.Piece.class::isInstance)).hasSize(4);
    List<Message> rest = all.stream().filter(Message.End.class::isInstance).toList();
    while (rest.size() < 5) { // the last may have been said when nothing was left to go with it
      all.addAll(next());
      taken();
      rest = all.stream().filter(Message.End.class::isInstance).toList();
    }
    assertThat(rest)
        .containsExactly(
            new Message.End(0),
            new Message.End(1),
            new Message.End(2),
            new Message.End(3),
            new Message.End(4));
  }

  @Test
  void whoIsAskedForASignOfLifeIsAskedFirst() throws Exception {
    outbox.say(new Message.End(1));
    assertThat(next()).hasSize(1);
    outbox.say(new Message.End(2));
    assertThat(next()).hasSize(1); // two are under way now
    outbox.say(new Message.End(3));
    outbox.ping();
    outbox.ping();
    taken();
    List<Message> third = next();
    assertThat(third).hasSize(2);
    assertThat(third.get(0)).isInstanceOf(Message.Ping.class);
    assertThat(third.get(1)).isEqualTo(new Message.End(3));
  }

  @Test
  void whatWaitsIsWeighed() throws Exception {
    outbox.say(new Message.End(1));
    next();
    outbox.say(new Message.End(2));
    next();
    await().untilAsserted(() -> assertThat(weight).hasValue(0)); // both are under way
    Message.Items large =
        new Message.Items(1, List.of(new Message.Item(1, 0, 0, null, new byte[100_000])));
    outbox.say(large);
    assertThat(weight).hasValue(large.weight());
    taken();
    next();
    await().untilAsserted(() -> assertThat(weight).hasValue(0));
    outbox.say(large);
    outbox.say(large);
    assertThat(weight).hasValueGreaterThan(100_000);
    outbox.close();
    await().untilAsserted(() -> assertThat(weight).hasValue(0));
    outbox.say(large);
    assertThat(weight).hasValue(0);
  }

  @Test
  void theLastWordHasTheTimeThatLargeOnesTake() {
    assertThat(Outbox.patience(0)).isEqualTo(3_000);
    assertThat(Outbox.patience(1 << 20)).isBetween(18_000L, 20_000L);
  }

  @Test
  void whatCannotBeSentIsTheEnd() throws Exception {
    outbox.say(new Message.End(1));
    next();
    taken.remove().completeExceptionally(new IOException("gone"));
    await().until(() -> !broken.isEmpty());
    outbox.say(new Message.End(2));
    outbox.ping();
    assertThat(sent).isEmpty();
    assertThat(broken).hasSize(1);
  }
}
