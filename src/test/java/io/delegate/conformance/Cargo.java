package io.delegate.conformance;

import io.delegate.Work;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.List;

/** What travels to children and back. */
public final class Cargo {
  private Cargo() {}

  public record Point(int x, int y) implements Serializable {}

  public record Pair<A, B>(A first, B second) implements Serializable {}

  public enum Shift implements Work<Integer, Integer> {
    UP(1),
    DOWN {
      @Override
      public Integer apply(Integer i) {
        return i - 1;
      }
    };

    private final int by;

    Shift() {
      this(-1);
    }

    Shift(int by) {
      this.by = by;
    }

    @Override
    public Integer apply(Integer i) {
      return i + by;
    }
  }

  /** A work with a constructor for method references. */
  public record Wrapped(String text) implements Serializable {
    public String twice() {
      return text + text;
    }

    public String with(String other) {
      return text + other;
    }
  }

  public static final class Generic<T> implements Work<List<T>, Pair<T, Integer>> {
    private static final long serialVersionUID = 1L;

    @Override
    public Pair<T, Integer> apply(List<T> items) {
      return new Pair<>(items.get(0), items.size());
    }
  }

  /** Counts how often it arrives in a JVM. */
  public static final class Counted implements Work<Integer, Integer> {
    private static final long serialVersionUID = 1L;
    private static int arrivals;
    private final int number;

    public Counted(int number) {
      this.number = number;
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      arrivals++;
    }

    @Override
    public Integer apply(Integer i) {
      return arrivals;
    }
  }

  /** Not serialisable, three fields deep. */
  public static final class Outer implements Serializable {
    private static final long serialVersionUID = 1L;
    final Inner inner = new Inner();
  }

  public static final class Inner implements Serializable {
    private static final long serialVersionUID = 1L;
    final List<Object> parts = List.of("fine", new Socket());
  }

  public static final class Socket {}

  /** Throws wherever it is read, or only where a system property says so. */
  public static final class Explosive implements Serializable {
    private static final long serialVersionUID = 1L;
    private final long safeIn;

    public Explosive(long safeIn) {
      this.safeIn = safeIn;
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      if (ProcessHandle.current().pid() != safeIn) {
        throw new InvalidObjectException("it exploded on arrival");
      }
    }
  }

  public static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Mute() {
      super("its parts cannot be serialised");
    }

    final transient Object transientLock = new Object();
    final Object lock = new Object();
  }

  public static final class Unspoken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("a message that throws");
    }
  }
}
