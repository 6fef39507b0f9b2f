package io.delegate.engine;

import io.delegate.Task;
import io.delegate.wire.WorkFrame;
import java.util.List;

/**
 * An initializer of another parent, which is never read here.
 *
 * @param classPath where its classes are
 * @param bytes as children read it
 */
record SentTask(List<String> classPath, byte[] bytes) implements Task<Void> {
  WorkFrame frame() {
    return new WorkFrame(0, classPath, bytes);
  }

  @Override
  public Void call() {
    throw new IllegalStateException("it is for children");
  }
}
