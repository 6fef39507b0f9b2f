package io.delegate.worker;

import io.delegate.EncodedWork;
import io.delegate.Task;
import io.delegate.Work;
import io.delegate.codec.WorkCodec;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The works this child was sent, each made when its first item runs. */
final class Works {
  /** A work ready to run, the loader of its classes, and its own codec or the scheduler's. */
  record Ready(Work<Object, Object> work, ClassLoader loader, LateCodec codec) {}

  private static final byte[] NONE = {};

  private final Map<Integer, WorkFrame> sent = new HashMap<>();
  private final Map<Integer, Ready> ready = new HashMap<>();
  private final Map<List<String>, ClassLoader> loaders = new HashMap<>();
  private final ClassLoader own = Works.class.getClassLoader();
  private final LateCodec codec;

  Works(String codecName) {
    codec = new LateCodec(codecName, own);
  }

  void add(WorkFrame frame) {
    sent.put(frame.id(), frame);
    if (frame.servedBy() != 0) {
      ClassLoader known = loaders.get(frame.classPath());
      if (known != null) {
        ServedLoader.lookAgain(known);
      }
    }
  }

  void forget(int id) {
    sent.remove(id);
    ready.remove(id);
    loaders
        .keySet()
        .removeIf(urls -> sent.values().stream().noneMatch(f -> f.classPath().equals(urls)));
  }

  /** A work that was asked for before; else null. */
  @Nullable Ready known(int id) {
    return ready.get(id);
  }

  /** A work, made ready when it is first asked for. */
  Ready get(int id) throws IOException, ClassNotFoundException {
    Ready known = ready.get(id);
    return known != null ? known : make(id);
  }

  @SuppressWarnings("unchecked") // the parent ships nothing else under this number
  private Ready make(int id) throws IOException, ClassNotFoundException {
    WorkFrame frame = sent.get(id);
    if (frame == null) {
      throw new IOException("work " + id + " was never sent");
    }
    Work<Object, Object> work = (Work<Object, Object>) unpack(frame);
    ClassLoader loader = loader(frame);
    Ready made =
        work instanceof EncodedWork<Object, Object> encoded
            ? new Ready(encoded.work(), loader, new LateCodec(encoded.codec(), loader))
            : new Ready(work, loader, codec);
    ready.put(id, made);
    sent.put(id, new WorkFrame(id, frame.classPath(), NONE)); // its bytes may be many
    return made;
  }

  /** The initializer. */
  Task<?> task(WorkFrame frame) throws IOException, ClassNotFoundException {
    return (Task<?>) unpack(frame);
  }

  private Object unpack(WorkFrame frame) throws IOException, ClassNotFoundException {
    ClassLoader loader = loader(frame);
    Thread.currentThread().setContextClassLoader(loader);
    Object unpacked = WorkCodec.decode(frame.bytes(), loader);
    if (unpacked == null) {
      throw new IOException("work " + frame.id() + " is null");
    }
    return unpacked;
  }

  private ClassLoader loader(WorkFrame frame) throws MalformedURLException {
    if (frame.classPath().isEmpty()) {
      return own;
    }
    ClassLoader known = loaders.get(frame.classPath());
    if (known == null) {
      known = ofFiles(frame.urls());
      int served = frame.servedBy();
      if (served != 0) {
        known = ServedLoader.over(known, served);
      }
      loaders.put(frame.classPath(), known);
    }
    return known;
  }

  private ClassLoader ofFiles(List<String> urls) throws MalformedURLException {
    if (urls.isEmpty()) {
      return own;
    }
    URL[] array = new URL[urls.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = new URL(urls.get(i));
    }
    return new URLClassLoader(array, own);
  }
}
