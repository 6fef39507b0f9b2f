package io.delegate;

import io.delegate.link.Mesh;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A cluster within this JVM, which delays, reorders, cuts and heals on command. Two that are cut
 * off from each other learn of it when {@link #notice} is called, each by itself.
 */
final class LocalNet implements AutoCloseable {
  private final ScheduledExecutorService wire = Executors.newScheduledThreadPool(4);
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Set<Set<String>> cuts = new HashSet<>();
  private final Random random;
  private final AtomicInteger toLose = new AtomicInteger();
  private volatile Set<String> losers = Set.of();
  private volatile long mostMicros;

  LocalNet(long seed) {
    random = new Random(seed);
  }

  /** Each message takes up to that long. */
  void delay(long micros) {
    mostMicros = micros;
  }

  /** The next so many messages between the two do not come, and nobody knows. */
  void loseNext(int messages, String a, String b) {
    losers = Set.of(a, b);
    toLose.set(messages);
  }

  int leftToLose() {
    return toLose.get();
  }

  Mesh member(String name) {
    return new Member(name);
  }

  /** What is sent between the two is held until they are healed, or notice. */
  synchronized void cut(String a, String b) {
    cuts.add(Set.of(a, b));
  }

  /** What was held comes, unless they have noticed. */
  void heal(String a, String b) {
    List<Runnable> held = new ArrayList<>();
    synchronized (this) {
      cuts.remove(Set.of(a, b));
      for (Member member : members.values()) {
        held.addAll(member.held);
        member.held.clear();
      }
      Member first = members.get(a);
      Member second = members.get(b);
      if (first != null && second != null) {
        first.meets(second);
        second.meets(first);
      }
    }
    held.forEach(Runnable::run);
  }

  /** One of two that are cut off says that the other has left. */
  synchronized void notice(String who, String other) {
    members.get(who).misses(other);
  }

  /** It is gone at once, and all notice. */
  synchronized void kill(String name) {
    Member gone = members.remove(name);
    if (gone != null) {
      gone.closed = true;
      members.values().forEach(member -> member.misses(name));
    }
  }

  @Override
  public void close() {
    wire.shutdownNow();
  }

  private long micros() {
    synchronized (random) {
      return mostMicros == 0 ? 0 : random.nextLong(mostMicros);
    }
  }

  private final class Member implements Mesh {
    private final String name;
    private final Set<String> seen = new HashSet<>();
    private final List<Runnable> held = new ArrayList<>();
    private Listener listener;
    private boolean closed;

    Member(String name) {
      this.name = name;
    }

    @Override
    public void listen(Listener to) {
      synchronized (LocalNet.this) {
        listener = to;
        List<Member> others = List.copyOf(members.values());
        members.put(name, this);
        for (Member other : others) {
          if (!cuts.contains(Set.of(name, other.name))) {
            meets(other);
            other.meets(this);
          }
        }
      }
    }

    void meets(Member other) {
      if (seen.add(other.name)) {
        listener.joined(other.name);
      }
    }

    void misses(String other) {
      if (seen.remove(other)) {
        listener.left(other);
      }
    }

    @Override
    public CompletionStage<Void> send(String to, byte[] message) {
      CompletableFuture<Void> taken = new CompletableFuture<>();
      later(to, message.clone(), taken);
      return taken;
    }

    private void later(String to, byte[] message, CompletableFuture<Void> taken) {
      try {
        wire.schedule(() -> bring(to, message, taken), micros(), TimeUnit.MICROSECONDS);
      } catch (RuntimeException over) {
        taken.completeExceptionally(over);
      }
    }

    private void bring(String to, byte[] message, CompletableFuture<Void> taken) {
      boolean mayBeLost = losers.equals(Set.of(name, to));
      if (mayBeLost && toLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        return;
      }
      synchronized (LocalNet.this) {
        Member other = members.get(to);
        if (closed || other == null || !seen.contains(to)) {
          taken.completeExceptionally(new IllegalStateException(to + " is not to be reached"));
          return;
        }
        if (cuts.contains(Set.of(name, to))) {
          held.add(() -> later(to, message, taken));
          return;
        }
        if (!other.seen.contains(name)) {
          taken.completeExceptionally(new IllegalStateException(to + " does not know us"));
          return;
        }
        other.listener.received(name, message);
      }
      taken.complete(null);
    }

    @Override
    public void close() {
      kill(name);
    }
  }
}
