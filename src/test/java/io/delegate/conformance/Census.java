package io.delegate.conformance;

import io.delegate.Death;
import io.delegate.Reporter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts children. */
public final class Census implements Reporter {
  public final Set<Long> alive = ConcurrentHashMap.newKeySet();
  public final AtomicInteger inits = new AtomicInteger();
  public final AtomicInteger born = new AtomicInteger();
  public final AtomicInteger dead = new AtomicInteger();

  @Override
  public void init(int children) {
    inits.incrementAndGet();
  }

  @Override
  public void spawn(long pid) {
    born.incrementAndGet();
    alive.add(pid);
  }

  @Override
  public void exit(long pid, Death how) {
    dead.incrementAndGet();
    alive.remove(pid);
  }
}
