package io.delegate.codec;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;

/** The classes users write, plain and not so plain. */
final class Samples {
  private Samples() {}

  interface SerializableFunction<A, B> extends Function<A, B>, Serializable {}

  interface SerializableSupplier<T> extends Supplier<T>, Serializable {}

  interface Shape extends Serializable {
    String name();
  }

  record Point(int x, int y) implements Serializable {}

  record Empty() implements Serializable {}

  record Pair<A, B>(A first, B second) implements Serializable {}

  record Wide(
      boolean a, byte b, char c, short d, int e, long f, float g, double h, String i, int[] j)
      implements Serializable {
    @Override
    public boolean equals(Object o) {
      return o instanceof Wide w
          && a == w.a
          && b == w.b
          && c == w.c
          && d == w.d
          && e == w.e
          && f == w.f
          && g == w.g
          && h == w.h
          && i.equals(w.i)
          && java.util.Arrays.equals(j, w.j);
    }

    @Override
    public int hashCode() {
      return e;
    }
  }

  /** The accessor shows something other than the field. */
  record Sly(String text) implements Serializable {
    @Override
    public String text() {
      return "not " + text;
    }

    String field() {
      return text;
    }
  }

  record Validated(int percent) implements Serializable {
    Validated {
      if (percent < 0 || percent > 100) {
        throw new IllegalArgumentException("percent " + percent);
      }
    }
  }

  record Resolving(String name) implements Serializable {
    private Object readResolve() {
      return new Resolving(name + "!");
    }
  }

  record Closed(Thread thread) {}

  enum Colour {
    RED,
    GREEN {
      @Override
      int weight() {
        return 7;
      }
    },
    BLUE;

    int weight() {
      return 1;
    }
  }

  enum None {}

  static class Base implements Serializable {
    private static final long serialVersionUID = 1L;
    private int hidden = 1;
    protected String name = "base";

    int baseHidden() {
      return hidden;
    }

    Base hidden(int value) {
      hidden = value;
      return this;
    }
  }

  static final class Derived extends Base {
    private static final long serialVersionUID = 1L;
    private int hidden = 2;
    boolean a = true;
    boolean b;
    Boolean boxed = true;
    final String last;
    transient String forgotten = "forgotten";
    List<String> words = new ArrayList<>(List.of("x", "y"));
    Object any = 42L;
    double[] numbers = {1, 2.5};
    Map<String, Point> points = Map.of("o", new Point(0, 0));
    Colour colour = Colour.GREEN;

    Derived(String last) {
      this.last = last;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Derived d
          && baseHidden() == d.baseHidden()
          && hidden == d.hidden
          && name.equals(d.name)
          && a == d.a
          && b == d.b
          && boxed.equals(d.boxed)
          && last.equals(d.last)
          && words.equals(d.words)
          && any.equals(d.any)
          && java.util.Arrays.equals(numbers, d.numbers)
          && points.equals(d.points)
          && colour == d.colour;
    }

    @Override
    public int hashCode() {
      return last.hashCode();
    }
  }

  static class NotSerializableBase {
    int fromBase = 5;

    NotSerializableBase() {
      fromBase = 77;
    }
  }

  static final class OverBase extends NotSerializableBase implements Serializable {
    private static final long serialVersionUID = 1L;
    int own = 3;
  }

  static class NoDefaultBase {
    final int value;

    NoDefaultBase(int value) {
      this.value = value;
    }
  }

  static final class OverNoDefault extends NoDefaultBase implements Serializable {
    private static final long serialVersionUID = 1L;

    OverNoDefault() {
      super(1);
    }
  }

  static final class Node implements Serializable {
    private static final long serialVersionUID = 1L;
    Object value;
    Node next;

    Node(Object value) {
      this.value = value;
    }
  }

  static final class Money extends Number {
    private static final long serialVersionUID = 1L;
    final long cents;

    Money(long cents) {
      this.cents = cents;
    }

    @Override
    public int intValue() {
      return (int) cents;
    }

    @Override
    public long longValue() {
      return cents;
    }

    @Override
    public float floatValue() {
      return cents;
    }

    @Override
    public double doubleValue() {
      return cents;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Money m && m.cents == cents;
    }

    @Override
    public int hashCode() {
      return (int) cents;
    }
  }

  static class OwnList<T> extends ArrayList<T> {
    private static final long serialVersionUID = 1L;
    String label = "mine";
  }

  static final class LazyList extends AbstractList<Integer> implements Serializable {
    private static final long serialVersionUID = 1L;
    final int size;

    LazyList(int size) {
      this.size = size;
    }

    @Override
    public Integer get(int index) {
      return index * index;
    }

    @Override
    public int size() {
      return size;
    }
  }

  static class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    final int code;

    Failure(String message, int code, Throwable cause) {
      super(message, cause);
      this.code = code;
    }
  }

  static final class Outer implements Serializable {
    private static final long serialVersionUID = 1L;
    String text = "outer";

    final class Inner implements Serializable {
      private static final long serialVersionUID = 1L;
      int value = 8;

      String both() {
        return text + value;
      }
    }

    Callable<String> anonymous(String captured) {
      abstract class Local implements Callable<String>, Serializable {
        private static final long serialVersionUID = 1L;
      }
      return new Local() {
        private static final long serialVersionUID = 1L;

        @Override
        public String call() {
          return text + captured;
        }
      };
    }
  }

  static final class Order implements Serializable {
    private static final long serialVersionUID = 1L;
    Object customer;
    List<Object> session = new ArrayList<>();

    @Override
    public boolean equals(Object o) {
      return o instanceof Order other && Objects.equals(customer, other.customer);
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  static final class Holder implements Serializable {
    private static final long serialVersionUID = 1L;
    Object owner;
    transient Object ignored = new Object();

    Holder(Object owner) {
      this.owner = owner;
    }
  }
}
