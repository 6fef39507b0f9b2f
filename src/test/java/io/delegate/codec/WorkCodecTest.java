package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Task;
import io.delegate.Work;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkCodecTest {
  private static final byte[] JAVA = {(byte) 0xac, (byte) 0xed};

  private final int field = 4;

  private static int twice(int x) {
    return 2 * x;
  }

  private static byte[] head(byte[] bytes) {
    return Arrays.copyOf(bytes, 2);
  }

  @SuppressWarnings("unchecked")
  private static <I, O> Work<I, O> sent(Work<I, O> work) throws Exception {
    byte[] bytes = WorkCodec.encode(work);
    assertThat(head(bytes)).as("short").isNotEqualTo(JAVA);
    return (Work<I, O>) WorkCodec.decode(bytes, WorkCodecTest.class.getClassLoader());
  }

  /** As short as a lambda that captures as much: else it loads much of the JDK in each child. */
  @Test
  void aWorkWithAPlainSharedValueHasTheShortForm() throws Exception {
    Work<Integer, String> work = Work.with("shared ", (shared, x) -> shared + x);
    assertThat(WorkCodec.encode(work)[0]).isEqualTo((byte) 1);
    assertThat(sent(work).apply(7)).isEqualTo("shared 7");
  }

  @Test
  void lambdasTravelShort() throws Exception {
    assertThat(sent((Integer x) -> 3 * x).apply(7)).isEqualTo(21);
  }

  @Test
  void methodReferencesTravelShort() throws Exception {
    assertThat(sent(WorkCodecTest::twice).apply(7)).isEqualTo(14);
    assertThat(sent(String::length).apply("four")).isEqualTo(4);
    Work<Integer, int[]> constructor = int[]::new;
    assertThat(sent(constructor).apply(3)).hasSize(3);
  }

  @Test
  void whatIsCapturedTravelsWithThem() throws Exception {
    boolean flag = true;
    byte b = 1;
    short s = 2;
    char c = 'ü';
    int i = 3;
    long l = Long.MIN_VALUE;
    float f = 1.5f;
    double d = Double.NaN;
    String text = "€ \ud83d\ude00";
    String none = null;
    Integer boxed = 17;
    File file = new File("a/b");
    Path path = Path.of("c/d");
    Nested nested = new Nested(new Factor(7), TimeUnit.DAYS, path);
    Work<Integer, List<Object>> work =
        x -> Arrays.asList(x, flag, b, s, c, i, l, f, d, text, none, boxed, file, path, nested);
    assertThat(sent(work).apply(9)).isEqualTo(work.apply(9));
  }

  @Test
  void recordsTravelShort() throws Exception {
    assertThat(sent(new Factor(5)).apply(3)).isEqualTo(15);
    Work<Integer, Integer> inner = new Factor(5);
    Work<Integer, Integer> outer = x -> inner.apply(x) + 1;
    assertThat(sent((Integer x) -> outer.apply(x) + 1).apply(3)).isEqualTo(17);
  }

  @Test
  void tasksTravelShort() throws Exception {
    String said = "x";
    Task<String> task = () -> said + said;
    byte[] bytes = WorkCodec.encode(task);
    assertThat(head(bytes)).isNotEqualTo(JAVA);
    Task<?> back = (Task<?>) WorkCodec.decode(bytes, getClass().getClassLoader());
    assertThat(back).isNotNull();
    assertThat(back.call()).isEqualTo("xx");
  }

  @Test
  void theSameWorkHasTheSameBytes() throws Exception {
    int factor = 3;
    Work<Integer, Integer> work = x -> factor * x;
    assertThat(WorkCodec.encode(work)).isEqualTo(WorkCodec.encode(work));
  }

  record Nested(Factor factor, TimeUnit unit, Path path) implements Serializable {}

  @Test
  void worksThatRefuseToBeMadeSayWhy() throws Exception {
    byte[] bytes = WorkCodec.encode(new Choosy(1));
    bytes[bytes.length - 1] = 0; // the number
    assertThatThrownBy(() -> WorkCodec.decode(bytes, getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not zero");
  }

  record Choosy(int number) implements Work<Integer, Integer> {
    Choosy {
      if (number == 0) {
        throw new IllegalArgumentException("not zero");
      }
    }

    @Override
    public Integer apply(Integer x) {
      return number;
    }
  }

  record Replaced(int by) implements Work<Integer, Integer> {
    @Override
    public Integer apply(Integer x) {
      return by * x;
    }

    private Object writeReplace() {
      return new Factor(by);
    }
  }

  /** Refers to itself, by a list. */
  record Ring(List<Object> all) implements Work<Integer, Integer> {
    @Override
    public Integer apply(Integer x) {
      return x * all.size();
    }
  }

  record Factor(int by) implements Work<Integer, Integer> {
    @Override
    public Integer apply(Integer x) {
      return by * x;
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void allElseTravelsAsJavaHasIt() throws Exception {
    Replaced replaced = new Replaced(5);
    Ring ring = new Ring(new ArrayList<>());
    ring.all().add(ring);
    int[] array = {3};
    Work<Integer, Integer> capturesAnArray = x -> array[0] * x;
    Work<Integer, Integer> captures = x -> ring.apply(x);
    Factor one = new Factor(3);
    Factor same = one;
    Work<Integer, Integer> capturesTwice = x -> one == same ? x : -1;
    String large = "x".repeat(10_000);
    Work<Integer, Integer> capturesMuch = x -> large.length();
    for (Work<Integer, Integer> work :
        List.of(replaced, ring, captures, capturesTwice, capturesAnArray, capturesMuch)) {
      byte[] bytes = WorkCodec.encode(work);
      assertThat(head(bytes)).isEqualTo(JAVA);
      var back = (Work<Integer, Integer>) WorkCodec.decode(bytes, getClass().getClassLoader());
      assertThat(back).isNotNull();
      assertThat(back.apply(2)).isEqualTo(work.apply(2));
    }
  }

  @Test
  void whatCannotBeSentIsNamed() {
    Work<Integer, Integer> work = x -> field * x; // captures the test
    assertThatThrownBy(() -> WorkCodec.encode(work))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(WorkCodecTest.class.getName() + " is not serializable");
  }

  @Test
  void aMissingClassIsNamed() throws Exception {
    byte[] bytes = WorkCodec.encode((Work<Integer, Integer>) x -> x);
    ClassLoader empty = ClassLoader.getPlatformClassLoader();
    assertThatThrownBy(() -> WorkCodec.decode(bytes, empty))
        .isInstanceOf(ClassNotFoundException.class)
        .hasMessageContaining(WorkCodecTest.class.getName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"WorkCodecTest", "lambda$", "apply"})
  void anotherClassThereIsAnError(String damaged) throws Exception {
    Work<Integer, Integer> work = x -> x + 1;
    String text = new String(WorkCodec.encode(work), StandardCharsets.ISO_8859_1);
    assertThat(text).contains(damaged);
    byte[] other =
        text.replace(damaged, damaged.substring(1) + "~").getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> WorkCodec.decode(other, getClass().getClassLoader()))
        .isInstanceOfAny(IOException.class, ClassNotFoundException.class);
  }

  @Test
  void damageIsAnErrorAndNothingElse() throws Exception {
    String text = "captured";
    byte[] right = WorkCodec.encode((Work<Integer, String>) x -> text + x);
    Random random = new Random(4);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes =
          Arrays.copyOf(
              right, random.nextInt(4) == 0 ? random.nextInt(right.length) : right.length);
      for (int n = random.nextInt(3); n >= 0 && bytes.length > 1; n--) {
        bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt(256);
      }
      try {
        WorkCodec.decode(bytes, getClass().getClassLoader());
      } catch (IOException | ClassNotFoundException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      }
    }
  }
}
