package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OomKillsTest {
  @TempDir Path tmp;

  @SuppressWarnings("NullAway.Init") // before each test
  private OomKills kills;

  @BeforeEach
  void aCgroupInWhichTwoWereKilledLongAgo() {
    count(2);
    kills = OomKills.join(tmp.resolve("memory.events"));
  }

  @AfterEach
  void leave() {
    kills.leave();
  }

  private void count(int killed) {
    try {
      Files.writeString(tmp.resolve("memory.events"), "oom 9\noom_kill " + killed + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatWasCountedBeforeExplainsNoDeath() {
    assertThat(kills.claim(System.nanoTime())).isFalse();
    assertThat(kills.claim(Long.MIN_VALUE / 2 + System.nanoTime())).isFalse();
  }

  @Test
  void eachKillExplainsOneDeath() {
    long start = System.nanoTime();
    count(4);
    assertThat(kills.claim(start)).isTrue();
    assertThat(kills.claim(start)).isTrue();
    assertThat(kills.claim(start)).isFalse();
    count(5);
    assertThat(kills.claim(start)).isTrue();
  }

  @Test
  void aKillBeforeTheChildBeganIsNotItsOwn() {
    long start = System.nanoTime();
    count(3);
    assertThat(kills.claim(start)).isTrue();
    count(4);
    OomKills same = OomKills.join(tmp.resolve("memory.events")); // which looks
    assertThat(same).isSameAs(kills);
    kills.look();
    assertThat(awaitSeen()).isTrue();
    long younger = System.nanoTime();
    assertThat(kills.claim(younger)).isFalse();
    assertThat(kills.claim(start)).isTrue();
    same.leave();
  }

  /** A look soon after another does nothing; the third here is late enough. */
  private boolean awaitSeen() {
    long end = System.nanoTime() + 30_000_000;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    kills.look();
    return true;
  }

  @Test
  void aCgroupThatIsGoneExplainsNothing() throws Exception {
    long start = System.nanoTime();
    Files.delete(tmp.resolve("memory.events"));
    assertThat(kills.claim(start)).isFalse();
    count(2);
    assertThat(kills.claim(start)).isFalse();
  }

  @Test
  void theLastToLeaveForgetsIt() {
    OomKills second = OomKills.join(tmp.resolve("memory.events"));
    second.leave();
    OomKills third = OomKills.join(tmp.resolve("memory.events"));
    assertThat(third).isSameAs(kills);
    third.leave();
    kills.leave();
    OomKills anew = OomKills.join(tmp.resolve("memory.events"));
    assertThat(anew).isNotSameAs(kills);
    kills = anew;
  }
}
