package io.delegate.engine;

import io.delegate.Event;
import io.delegate.Progress;
import io.delegate.link.Message;
import io.delegate.link.News;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * On a node: what happens to a parent's children is told to the parent, if anybody listens there.
 * At once and in order with the answers, which are told anyway, and never decoded here.
 */
final class NodeHub extends Hub {
  private final Consumer<Message> parent;
  private volatile boolean followed;

  NodeHub(Consumer<Message> parent) {
    super(List.of());
    this.parent = parent;
  }

  /** Whether the parent wants to know. */
  void follow(boolean wanted) {
    followed = wanted;
  }

  @Override
  boolean active() {
    return followed;
  }

  private void say(News news) {
    if (followed) {
      parent.accept(new Message.Happened(news));
    }
  }

  @Override
  void tell(Event fact) {
    if (fact instanceof Event.Spawn e) {
      say(new News.Spawned(e.pid(), e.starting()));
    } else if (fact instanceof Event.StartFailed e) {
      say(new News.Unborn(e.pid(), e.death(), e.starting()));
    } else if (fact instanceof Event.Exit e) {
      say(new News.Gone(e.pid(), e.death(), e.age(), e.items(), e.busy(), e.reason()));
    } // how many there are to be, and what there is to do, the parent knows itself
  }

  @Override
  void begun(long pid, Object item) {
    say(new News.Begun(pid, (Long) item));
  }

  @Override
  void slow(long pid, Object item, Duration running) {
    say(new News.Slow(pid, (Long) item, running));
  }

  @Override
  void progressed(long pid, Object item, Progress progress) {
    say(new News.Said(pid, (Long) item, progress));
  }

  @Override
  void answered(Answer answer) {
    // told by its stream
  }

  @Override
  void close() {
    // nobody waits for that
  }
}
