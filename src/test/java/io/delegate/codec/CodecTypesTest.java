package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.delegate.Codec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every type in the table comes back from each codec as it went in. */
class CodecTypesTest {
  record Case(TypesTable.Row row, Codec codec) {
    @Override
    public String toString() {
      return row.name() + " by " + codec.getClass().getSimpleName();
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (TypesTable.Row row : TypesTable.rows()) {
      Tested.all().forEach(codec -> cases.add(new Case(row, codec)));
    }
    return cases;
  }

  /** Only where told so may FST be missing; a build that lost it must not look green. */
  static void assumeUsable(Codec codec) {
    String why = codec.unusable();
    assumeFalse(!why.isEmpty() && Boolean.getBoolean("delegate.test.withoutFst"), why);
    assertThat(why).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void comesBackAsItWent(Case tried) throws Exception {
    assumeUsable(tried.codec());
    Object value = tried.row().make().get();
    byte[] bytes = tried.codec().encode(value);
    byte[] framed = new byte[bytes.length + 8];
    System.arraycopy(bytes, 0, framed, 5, bytes.length);
    ClassLoader loader = CodecTypesTest.class.getClassLoader();

    tried.row().check().accept(value, tried.codec().decode(bytes, 0, bytes.length, loader));
    tried.row().check().accept(value, tried.codec().decode(framed, 5, bytes.length, loader));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void comesBackInsideAListAndARecordTogetherWithItself(Case tried) throws Exception {
    assumeUsable(tried.codec());
    Object value = tried.row().make().get();
    List<Object> list = new ArrayList<>();
    list.add(value);
    list.add(new Samples.Pair<>(value, "x"));
    list.add(value);
    byte[] bytes = tried.codec().encode(list);

    ClassLoader loader = CodecTypesTest.class.getClassLoader();
    List<?> copy = (List<?>) tried.codec().decode(bytes, 0, bytes.length, loader);
    tried.row().check().accept(value, copy.get(0));
    tried.row().check().accept(value, ((Samples.Pair<?, ?>) copy.get(1)).first());
    if (!(value instanceof Number) && !(value instanceof Character)) {
      assertThat(copy.get(2)).isSameAs(copy.get(0));
      assertThat(((Samples.Pair<?, ?>) copy.get(1)).first()).isSameAs(copy.get(0));
    }
  }

  @Test
  void theTableIsLong() {
    assertThat(TypesTable.rows()).hasSizeGreaterThan(80);
  }

  static List<Codec> withALibrary() {
    return Tested.withALibrary();
  }

  @ParameterizedTest
  @MethodSource("withALibrary")
  void whatIsCommonTakesTheFastWay(Codec codec) throws Exception {
    assumeUsable(codec);
    List<String> slow = new ArrayList<>();
    for (TypesTable.Row row : TypesTable.rows()) {
      byte format = codec.encode(row.make().get())[0];
      if (row.fast() != (format == Tested.format(codec))) {
        slow.add(row.name());
      }
    }
    assertThat(slow).isEmpty();
  }
}
