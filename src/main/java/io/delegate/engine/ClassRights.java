package io.delegate.engine;

import io.delegate.wire.Found;
import io.delegate.wire.Hello;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.Wanted;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one child may ask for: classes of the class loaders of works that it was sent, on one
 * connection more. Used by the pool's drain, the event loop and the threads that block.
 */
final class ClassRights {
  private enum State {
    NONE,
    GRANTED,
    USED,
    CLOSED
  }

  private final ServedLoaders loaders;
  private final boolean trusted;

  /** Of the works it has, those with a class loader it may ask, and that loader's number. */
  private final Map<Integer, Integer> byWork = new HashMap<>();

  private State state = State.NONE;

  /** The only process that may come; 0 behind a launcher, where any may. */
  private long pid;

  private @Nullable ClassDesk desk;

  ClassRights(ServedLoaders loaders, boolean trusted) {
    this.loaders = loaders;
    this.trusted = trusted;
  }

  /** It is sent a work; {@code loader} is 0 for one that brings all its files. */
  synchronized void grant(int work, int loader, long onlyPid) {
    if (loader != 0) {
      byWork.put(work, loader);
      pid = onlyPid;
      if (state == State.NONE) {
        state = State.GRANTED;
      }
    }
  }

  synchronized void forget(int work) {
    byWork.remove(work);
  }

  /** Somebody with its token has connected to ask. */
  synchronized void enter(Hello hello, long peer, ClassDesk at) throws ProtocolException {
    if (state != State.GRANTED) {
      throw new ProtocolException(
          state == State.NONE
              ? "it connected for classes, and has no work that needs any"
              : "it connected for classes once more");
    }
    if (pid != 0 && (hello.pid() != pid || (peer != 0 && peer != pid))) {
      throw new ProtocolException(
          "pid " + (peer == 0 ? hello.pid() : peer) + " connected for the classes of " + pid);
    }
    state = State.USED;
    desk = at;
  }

  /** The answer to a question; blocks as long as the class loader does. */
  Found find(Wanted wanted) {
    ClassLoader loader = covers(wanted.loader()) ? loaders.get(wanted.loader()) : null;
    if (loader == null) {
      return Found.refused(
          "the program has forgotten its work, or the class loader of that; what runs on after the"
              + " last item must not need more classes");
    }
    Found found = ClassSource.find(loader, wanted, trusted);
    loaders.gave(wanted, loader, found);
    return found;
  }

  private synchronized boolean covers(int loader) {
    return byWork.containsValue(loader);
  }

  /** Nothing is answered any more; completes when that connection is closed. */
  CompletableFuture<Void> close() {
    ClassDesk open;
    synchronized (this) {
      state = State.CLOSED;
      open = desk;
    }
    return open == null ? CompletableFuture.completedFuture(null) : open.close();
  }
}
