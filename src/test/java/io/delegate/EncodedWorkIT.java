package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.codec.ForyCodec;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.codec.KryoCodec;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

/** A codec for one work alone. */
@ExtendWith(NothingLeft.class)
class EncodedWorkIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  record Box(int number) implements Serializable {}

  record Parcel(String name, List<Box> boxes, Map<String, Box> byName) implements Serializable {}

  /** Not even serializable: only its own codec takes it. */
  static final class Loose {
    final int number;

    Loose(int number) {
      this.number = number;
    }
  }

  /** Makes ten more of whatever it reads, so that it is seen how often it did. */
  public static final class Growing implements Codec {
    @Override
    public byte[] encode(Object value) {
      return ByteBuffer.allocate(4).putInt(((Loose) value).number).array();
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length, ClassLoader loader) {
      return new Loose(10 + ByteBuffer.wrap(bytes, offset, length).getInt());
    }
  }

  static final class Hidden implements Codec {
    @Override
    public byte[] encode(Object value) {
      return new byte[0];
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length, ClassLoader loader) {
      return "";
    }
  }

  private static Loose next(Loose item) {
    return new Loose(item.number + 1);
  }

  @Test
  void itemsAndResultsOfTheWorkGoByItsCodec() {
    try (ProcessScheduler on = Shapes.builder(1, 1).codec(new JdkCodec()).build()) {
      Work<Loose, Loose> work = Work.encodedBy(new Growing(), EncodedWorkIT::next);
      assertThat(on.submit(work, new Loose(0)).block(LONG).orElseThrow().number).isEqualTo(21);
      Outcome<Loose, Loose> other = on.submit(EncodedWorkIT::next, new Loose(0)).block(LONG);
      assertThat(Outcomes.failure(other).error().message())
          .contains("Loose", "is not serializable");
    }
  }

  @Test
  void twoWorksWithTwoCodecsShareAChild() {
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      Work<Loose, Loose> grown = Work.encodedBy(new Growing(), EncodedWorkIT::next);
      Work<Box, Box> plain = Work.encodedBy(new JdkCodec(), box -> new Box(box.number() + 1));
      Work<Box, Box> same = box -> new Box(box.number() + 1);
      List<Integer> all =
          Flux.range(0, 60)
              .flatMap(
                  i ->
                      switch (i % 3) {
                        case 0 -> on.submit(grown, new Loose(i)).map(o -> o.orElseThrow().number);
                        case 1 -> on.submit(plain, new Box(i)).map(o -> o.orElseThrow().number());
                        default -> on.submit(same, new Box(i)).map(o -> o.orElseThrow().number());
                      },
                  20)
              .collectList()
              .block(LONG);
      List<Integer> expected = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        expected.add(i % 3 == 0 ? i + 21 : i + 1);
      }
      assertThat(all).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void eachCodecOfOursCarriesAStream() {
    Map<String, Box> byName = new LinkedHashMap<>(Map.of("a", new Box(3)));
    Parcel parcel = new Parcel("p", List.of(new Box(1), new Box(2)), byName);
    try (ProcessScheduler on = Shapes.builderWithAll(Shapes.FOLLOWS, 1).build()) {
      for (Codec codec :
          List.of(new ForyCodec(), new KryoCodec(), new FstCodec(), new JdkCodec())) {
        Work<Parcel, Parcel> work = Work.encodedBy(codec, p -> p);
        List<Parcel> back =
            Flux.range(0, 20)
                .map(i -> parcel)
                .transform(Delegate.parallel(work, on))
                .map(Outcome::orElseThrow)
                .collectList()
                .block(LONG);
        assertThat(back).hasSize(20).containsOnly(parcel);
      }
    }
  }

  @Test
  void aLibraryThatTheChildLacksIsNamed() {
    try (ProcessScheduler on = Shapes.builder(1, 1).build()) { // without Kryo and Fory
      for (Codec codec : List.of(new KryoCodec(), new ForyCodec())) {
        Work<Box, Box> work = Work.encodedBy(codec, box -> box);
        assertThat(Outcomes.failure(on.submit(work, new Box(1)).block(LONG)).error().message())
            .contains(" needs ", codec instanceof KryoCodec ? "kryo:5.6.2" : "fory-core:1.6.0")
            .endsWith("which is not on the class path");
      }
    }
  }

  @Test
  void untrustedChildrenTakeNoSuchWork() {
    try (ProcessScheduler on =
        Shapes.builder(1, 1).trust(Trust.UNTRUSTED).resultTypes(Box.class).build()) {
      Work<Box, Box> work = Work.encodedBy(new KryoCodec(), box -> box);
      assertThatThrownBy(() -> on.submit(work, new Box(1)).block(LONG))
          .isInstanceOf(DelegateException.NotShippable.class)
          .hasMessageContaining("KryoCodec")
          .hasMessageContaining("UNTRUSTED")
          .hasMessageContaining("leave encodedBy out");
    }
  }

  @Test
  void whatNoChildCouldMakeIsRefusedAtOnce() {
    assertThatThrownBy(() -> Work.encodedBy(new Hidden(), x -> x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Hidden")
        .hasMessageContaining("public class");
    assertThatThrownBy(() -> Work.encodedBy(null, x -> x))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("codec");
    assertThatThrownBy(() -> Work.encodedBy(new JdkCodec(), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("work");
  }
}
