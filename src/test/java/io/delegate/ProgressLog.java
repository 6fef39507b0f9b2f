package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a reporter is told of each item, in its order. */
class ProgressLog implements Reporter {
  private final Map<Object, List<String>> lines = new ConcurrentHashMap<>();

  private final List<Progress> all = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);

  private void add(Object item, String line) {
    lines.computeIfAbsent(item, any -> new CopyOnWriteArrayList<>()).add(line);
  }

  List<String> of(Object item) {
    return new ArrayList<>(lines.getOrDefault(item, List.of()));
  }

  Map<Object, List<String>> all() {
    return lines;
  }

  /** All is told on another thread, the end of the scheduler last. */
  void awaitEnd() {
    try {
      assertThat(end.await(50, TimeUnit.SECONDS)).as("the end was told").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void cleanup() {
    end.countDown();
  }

  List<Progress> progress() {
    return all;
  }

  @Override
  public void begin(long pid, Object item) {
    add(item, "begin " + pid);
  }

  @Override
  public void progress(long pid, Object item, Progress progress) {
    all.add(progress);
    add(item, "progress " + pid + " " + progress);
  }

  @Override
  public void success(long pid, Object item, Object result) {
    add(item, "success " + pid);
  }

  @Override
  public void fail(long pid, Object item, RemoteError error) {
    add(item, "fail " + pid);
  }

  @Override
  public void abort(long pid, Object item, Death death) {
    add(item, "abort " + pid);
  }

  @Override
  public void timeout(long pid, Object item, Duration limit) {
    add(item, "timeout " + pid);
  }
}
