package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Codec;
import io.delegate.Fuzz;
import io.delegate.Outcome;
import io.delegate.codec.Codecs;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.codec.Thrown;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever a result's class does while it is read, it is that item's failure and no more. */
class HostileResultTest {
  static boolean armed;

  private static void fire(Throwable thrown) {
    if (armed) {
      HostileResultTest.<RuntimeException>sneak(thrown);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  static final class Reads implements Serializable {
    private static final long serialVersionUID = 1L;
    private final String what;

    Reads(String what) {
      this.what = what;
    }

    private void readObject(ObjectInputStream in) throws Exception {
      in.defaultReadObject();
      switch (what) {
        case "error" -> fire(new AssertionError("mine"));
        case "memory" -> fire(new OutOfMemoryError("mine"));
        case "link" -> fire(new NoClassDefFoundError("mine"));
        case "hostile" -> fire(new Hostile());
        default -> recurse(0);
      }
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int recurse(int n) {
      return armed ? recurse(n + 1) + 1 : 0;
    }
  }

  static final class Resolves implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      fire(new IllegalStateException("mine"));
      return this;
    }
  }

  static final class Hashes implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("InfiniteRecursion")
    public int hashCode() {
      return armed ? hashCode() + 1 : 1;
    }

    @Override
    public boolean equals(Object other) {
      return other == this;
    }
  }

  record Checks(int number) implements Serializable {
    Checks {
      fire(new IllegalArgumentException("mine"));
    }
  }

  /** Its own methods throw, too. */
  static final class Hostile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw this;
    }

    @Override
    public synchronized Throwable getCause() {
      throw this;
    }
  }

  private static final List<Class<?>> CLASSES =
      List.of(Reads.class, Resolves.class, Hashes.class, Checks.class);

  private static List<Codec> codecs() {
    return List.of(new JdkCodec(), new FstCodec(), Codecs.filtered(CLASSES));
  }

  private static Outcome<Object, Object> outcome(byte[] value, Codec codec) {
    return Answer.encoded(
            Fakes.flight("item", 3), 7, 5, ResultFrame.OK, value, 0, value.length, codec)
        .outcome();
  }

  @Test
  void whatAClassDoesWhileItIsReadIsTheFailureOfItsItem() throws Exception {
    Object[] values = {
      new Reads("error"),
      new Reads("memory"),
      new Reads("link"),
      new Reads("hostile"),
      new Reads("recurse"),
      new Resolves(),
      new Checks(1),
      List.of(new Checks(1)),
      new HashMap<>(Map.of(new Hashes(), 1)),
    };
    for (Codec codec : codecs()) {
      Codec child = Codecs.byName(Codecs.inChild(codec), getClass().getClassLoader());
      for (Object value : values) {
        byte[] bytes = Values.encode(value, child, 1 << 20, "the result");
        assertThat(outcome(bytes, codec)).isInstanceOf(Outcome.Success.class);
        armed = true;
        try {
          assertThat(outcome(bytes, codec))
              .as("%s by %s", value.getClass(), codec)
              .isInstanceOfSatisfying(
                  Outcome.Failure.class,
                  f -> assertThat(f.error().message()).startsWith("the result cannot be read: "));
        } finally {
          armed = false;
        }
      }
    }
  }

  static final class Initializes implements Serializable {
    private static final long serialVersionUID = 1L;
    static final int NUMBER = number();

    private static int number() {
      if (armed) {
        throw new IllegalStateException("mine");
      }
      return 1;
    }
  }

  /** Its bytes are made by hand: once initialized, a class is not initialized again. */
  @Test
  void aClassThatCannotBeInitializedIsTheFailureOfItsItem() throws Exception {
    String name = Initializes.class.getName();
    ByteBuffer bytes = ByteBuffer.allocate(200);
    bytes.put((byte) 20).putInt(0xaced0005).put((byte) 0x73).put((byte) 0x72);
    bytes.putShort((short) name.length()).put(name.getBytes("US-ASCII"));
    bytes.putLong(1).put((byte) 2).putShort((short) 0).put((byte) 0x78).put((byte) 0x70);
    byte[] value = java.util.Arrays.copyOf(bytes.array(), bytes.position());
    armed = true;
    try {
      for (int i = 0; i < 2; i++) { // the first time another error than later
        assertThat(outcome(value, new JdkCodec()))
            .isInstanceOfSatisfying(
                Outcome.Failure.class,
                f -> assertThat(f.error().stackTrace()).contains("Initiali"));
      }
    } finally {
      armed = false;
    }
  }

  @Test
  void anExceptionThatCannotBeRebuiltOrToldIsTextAlone() {
    byte[] untold = Thrown.encode(new RuntimeException("outer", new Hostile()));
    assertThat(untold).isNotEmpty();
    assertThat(exceptionOf(untold, new JdkCodec())).isFalse(); // whoever logged it would be sorry
    byte[] reads = Thrown.encode(new Carrier(new Reads("memory")));
    assertThat(reads).isNotEmpty();
    assertThat(exceptionOf(reads, new JdkCodec())).isTrue();
    assertThat(exceptionOf(reads, Codecs.filtered(CLASSES))).isFalse();
    armed = true;
    try {
      assertThat(exceptionOf(reads, new JdkCodec())).isFalse();
      assertThat(exceptionOf(new byte[] {1, 2, 3}, new JdkCodec())).isFalse();
    } finally {
      armed = false;
    }
  }

  static final class Carrier extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Reads held;

    Carrier(Reads held) {
      super("carries");
      this.held = held;
    }

    @Override
    public String toString() {
      return "carrier of " + held.what;
    }
  }

  private static boolean exceptionOf(byte[] exception, Codec codec) {
    byte[] value = ResultFrame.encode(new io.delegate.RemoteError("T", "m", "t"), exception);
    Outcome<Object, Object> outcome =
        Answer.encoded(
                Fakes.flight("item", 3), 7, 5, ResultFrame.FAILED, value, 0, value.length, codec)
            .outcome();
    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    Outcome.Failure<?, ?> failure = (Outcome.Failure<?, ?>) outcome;
    assertThat(failure.error().message()).isEqualTo("m");
    return failure.error().exception().isPresent();
  }

  /** Every tag with every length it could claim: there is no length to forge, only the bytes. */
  @Test
  void noScalarTakesMoreThanItsBytes() {
    for (int tag = -1; tag < 22; tag++) {
      for (int size : new int[] {1, 2, 3, 5, 9, 100, 1_001}) {
        byte[] value = new byte[size];
        java.util.Arrays.fill(value, (byte) 0x7f);
        value[0] = (byte) tag;
        long allocated = Fuzz.allocated(() -> outcome(value, new JdkCodec()));
        assertThat(allocated).as("tag %d, %d bytes", tag, size).isLessThan(1 << 20);
      }
    }
  }
}
