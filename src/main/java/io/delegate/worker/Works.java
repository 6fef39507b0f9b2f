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

  /** By which the initializer's loader is known: what it has set there is for all works to come. */
  private List<String> initializers = List.of();

  Works(String codecName) {
    codec = new LateCodec(codecName, own);
  }

  void add(WorkFrame frame) {
    sent.put(frame.id(), frame);
    if (frame.servedBy() != 0) {
      ClassLoader known = loaders.get(key(frame));
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
        .removeIf(
            key ->
                !key.equals(initializers)
                    && sent.values().stream().noneMatch(f -> key(f).equals(key)));
  }

  /** One loader of the parent is one here, whichever files its works are in. */
  private static List<String> key(WorkFrame frame) {
    int served = frame.servedBy();
    return served == 0 ? frame.classPath() : List.of(WorkFrame.served(served));
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
    initializers = key(frame);
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
    List<String> key = key(frame);
    ClassLoader known = loaders.get(key);
    if (known == null) {
      URL[] urls = urls(frame);
      int served = frame.servedBy();
      known = served == 0 ? new URLClassLoader(urls, own) : ServedLoader.of(urls, own, served);
      loaders.put(key, known);
    } else if (frame.servedBy() != 0) {
      ServedLoader.addUrls(known, urls(frame));
    }
    return known;
  }

  private static URL[] urls(WorkFrame frame) throws MalformedURLException {
    List<String> urls = frame.urls();
    URL[] array = new URL[urls.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = new URL(urls.get(i));
    }
    return array;
  }
}
