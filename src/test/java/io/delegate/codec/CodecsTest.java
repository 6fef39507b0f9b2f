package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Codec;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

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

  @Test
  void withoutFstTheChoiceIsTheJdk() throws Exception {
    URL classes = FstCodec.class.getProtectionDomain().getCodeSource().getLocation();
    try (var bare = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
      Class<?> codecs = bare.loadClass(Codecs.class.getName());
      Object chosen = codecs.getMethod("auto").invoke(null);
      assertThat(chosen.getClass().getName()).isEqualTo(JdkCodec.class.getName());
      Class<?> fst = bare.loadClass(FstCodec.class.getName());
      Object codec = fst.getConstructor().newInstance();
      assertThat((String) fst.getMethod("unusable").invoke(codec)).contains("fst:2.57");
      byte[] bytes = (byte[]) fst.getMethod("encode", Object.class).invoke(codec, "x");
      assertThat(bytes[0]).isEqualTo(FstCodec.JDK);
    }
  }

  @Test
  void withoutFurtherLibrariesFstWorks() throws Exception {
    URL classes = FstCodec.class.getProtectionDomain().getCodeSource().getLocation();
    URL samples = CodecsTest.class.getProtectionDomain().getCodeSource().getLocation();
    URL fst =
        Class.forName("org.nustaq.serialization.FSTConfiguration", false, LOADER)
            .getProtectionDomain()
            .getCodeSource()
            .getLocation();
    URL[] alone = {classes, samples, fst};
    try (var bare = new URLClassLoader(alone, ClassLoader.getPlatformClassLoader())) {
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

  @Test
  void whereUnsafeIsDeniedFstIsNotUsable() {
    assertThat(FstCodec.unusable(25, "")).isEmpty();
    assertThat(FstCodec.unusable(26, "allow")).isEmpty();
    assertThat(FstCodec.unusable(26, "")).contains("--sun-misc-unsafe-memory-access=allow");
    assertThat(FstCodec.unusable(24, "deny")).contains("--sun-misc-unsafe-memory-access=allow");
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
