package io.delegate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a reporter is told of each item, in its order. */
class ProgressLog implements Reporter {
  private final Map<Object, List<String>> lines = new ConcurrentHashMap<>();

  private final List<Progress> all = new CopyOnWriteArrayList<>();

  private void add(Object item, String line) {
    lines.computeIfAbsent(item, any -> new CopyOnWriteArrayList<>()).add(line);
  }

  List<String> of(Object item) {
    return new ArrayList<>(lines.getOrDefault(item, List.of()));
  }

  Map<Object, List<String>> all() {
    return lines;
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
