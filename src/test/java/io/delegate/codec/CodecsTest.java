package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Codec;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecsTest {
  private static final ClassLoader LOADER = CodecsTest.class.getClassLoader();

  @Test
  void theAutomaticChoiceIsFst() {
    CodecTypesTest.assumeUsable(new FstCodec());
    assertThat(Codecs.auto()).isInstanceOf(FstCodec.class);
  }

  @Test
  void byName() {
    assertThat(Codecs.byName(JdkCodec.class.getName(), LOADER)).isInstanceOf(JdkCodec.class);
    assertThatThrownBy(() -> Codecs.byName("no.Such", LOADER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no.Such is not to be had");
    assertThatThrownBy(() -> Codecs.byName("java.lang.String", LOADER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not implement io.delegate.Codec");
    assertThatThrownBy(() -> Codecs.byName(Hidden.class.getName(), LOADER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("public constructor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.nustaq.serialization.FSTConfiguration",
        "com.fasterxml.jackson.core.JsonFactory",
        "org.objenesis.Objenesis"
      })
  void withoutOneOfItsJarsFstGivesWayToTheJdk(String missing) throws Exception {
    try (var bare = with(missing)) {
      Object chosen = bare.loadClass(Codecs.class.getName()).getMethod("auto").invoke(null);
      assertThat(chosen.getClass().getName()).isEqualTo(JdkCodec.class.getName());
      Class<?> type = bare.loadClass(FstCodec.class.getName());
      Object codec = type.getConstructor().newInstance();
      assertThat((String) type.getMethod("unusable").invoke(codec))
          .startsWith("FST needs ")
          .endsWith(", which is not on the class path");
      byte[] bytes = (byte[]) type.getMethod("encode", Object.class).invoke(codec, "x");
      assertThat(bytes[0]).isEqualTo(Formats.JDK);
    }
  }

  @Test
  void withItsThreeJarsAndNoOtherFstWorks() throws Exception {
    try (var bare = with("")) {
      Class<?> type = bare.loadClass(FstCodec.class.getName());
      Object codec = type.getConstructor().newInstance();
      assertThat((String) type.getMethod("unusable").invoke(codec)).isEmpty();
      var constructor =
          bare.loadClass(Samples.Money.class.getName()).getDeclaredConstructor(long.class);
      constructor.setAccessible(true);
      Object value = constructor.newInstance(5L);
      byte[] bytes = (byte[]) type.getMethod("encode", Object.class).invoke(codec, value);
      assertThat(bytes[0]).isEqualTo(FstCodec.FST);
      Object copy =
          type.getMethod("decode", byte[].class, int.class, int.class, ClassLoader.class)
              .invoke(codec, bytes, 0, bytes.length, bare);
      assertThat(copy).isEqualTo(value);
    }
  }

  /**
   * A class path of our classes and the jars FST needs, but the one of the class that is missing.
   */
  private static URLClassLoader with(String missing) throws ClassNotFoundException {
    List<URL> path = new ArrayList<>();
    for (String name :
        List.of(
            FstCodec.class.getName(),
            CodecsTest.class.getName(),
            "org.nustaq.serialization.FSTConfiguration",
            "com.fasterxml.jackson.core.JsonFactory",
            "org.objenesis.Objenesis")) {
      if (!name.equals(missing)) {
        Class<?> type = Class.forName(name, false, LOADER);
        path.add(type.getProtectionDomain().getCodeSource().getLocation());
      }
    }
    return new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void whereUnsafeIsDeniedFstIsNotUsable() {
    assertThat(FstCodec.unusable(23, "")).isEmpty();
    assertThat(FstCodec.unusable(25, "allow")).isEmpty();
    assertThat(FstCodec.unusable(24, "")).contains("--sun-misc-unsafe-memory-access=allow");
    assertThat(FstCodec.unusable(24, "deny")).contains("--sun-misc-unsafe-memory-access=allow");
  }

  @Test
  void whereUnsafeIsDeniedKryoSaysHowToDoWithout() {
    assertThat(KryoCodec.unusable(23, "", "")).isEmpty();
    assertThat(KryoCodec.unusable(25, "allow", "")).isEmpty();
    assertThat(KryoCodec.unusable(25, "", "false")).isEmpty();
    assertThat(KryoCodec.unusable(24, "", "")).contains("-Dkryo.unsafe=false");
  }

  @Test
  void whereUnsafeIsDeniedForyIsNotUsable() {
    assertThat(ForyCodec.unusable(23, "")).isEmpty();
    assertThat(ForyCodec.unusable(24, "")).contains("--sun-misc-unsafe-memory-access=allow");
    assertThat(ForyCodec.unusable(25, "")).contains("--sun-misc-unsafe-memory-access=allow");
    assertThat(ForyCodec.unusable(25, "allow")).isEmpty();
  }

  private static final class Hidden implements Codec {
    @Override
    public byte[] encode(Object value) {
      return new byte[0];
    }

    @Override
    public Object decode(byte[] bytes, int offset, int length, ClassLoader loader) {
      return "";
    }
  }
}
