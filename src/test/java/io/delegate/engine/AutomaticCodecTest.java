package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.codec.Codecs;
import io.delegate.codec.JdkCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The codec must work in the children, too, which may run on another JDK. */
class AutomaticCodecTest {
  private static Path home(Path at, String modules) throws Exception {
    Files.writeString(at.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n" + modules);
    return at;
  }

  @Test
  void whereTheChildrenHaveNoUnsafeItIsTheJdks(@TempDir Path small) throws Exception {
    assertThat(Options.automaticCodec(home(small, "MODULES=\"java.base java.logging\"\n")))
        .isInstanceOf(JdkCodec.class);
  }

  @Test
  void elsewhereItIsTheBest(@TempDir Path full, @TempDir Path silent) throws Exception {
    Class<?> best = Codecs.auto().getClass();
    assertThat(Options.automaticCodec(home(full, "MODULES=\"java.base jdk.unsupported\"\n")))
        .hasSameClassAs(Codecs.auto());
    assertThat(Options.automaticCodec(home(silent, ""))).isInstanceOf(best);
    assertThat(Options.automaticCodec(Path.of(System.getProperty("java.home")))).isInstanceOf(best);
  }
}
