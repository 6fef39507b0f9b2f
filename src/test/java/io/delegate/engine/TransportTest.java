package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransportTest {
  private final String before = System.getProperty(Transport.PROPERTY, "");
  private final Locale locale = Locale.getDefault();

  @AfterEach
  void restore() {
    Locale.setDefault(locale);
    if (before.isEmpty()) {
      System.clearProperty(Transport.PROPERTY);
    } else {
      System.setProperty(Transport.PROPERTY, before);
    }
  }

  @Test
  void thePropertyHasTheNameThatIsDocumented() {
    assertThat(Transport.PROPERTY).isEqualTo("io.delegate.channel");
  }

  @ParameterizedTest
  @CsvSource({"native,NATIVE", "nio,NIO", "tcp,TCP", "NIO,NIO", "Tcp,TCP"})
  void thePropertyForcesOne(String value, Transport expected) {
    System.setProperty(Transport.PROPERTY, value);
    assertThat(Transport.choose()).isEqualTo(expected);
  }

  @Test
  void turkishLettersMakeNoDifference() {
    Locale.setDefault(Locale.forLanguageTag("tr"));
    System.setProperty(Transport.PROPERTY, "nio"); // upper case there: NİO
    assertThat(Transport.choose()).isEqualTo(Transport.NIO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "udp", "nio,tcp", "none"})
  void whatIsNoneOfThemIsIgnored(String value) {
    System.clearProperty(Transport.PROPERTY);
    Transport best = Transport.choose();
    assertThat(best).isNotEqualTo(Transport.TCP);
    System.setProperty(Transport.PROPERTY, value);
    assertThat(Transport.choose()).isEqualTo(best);
  }

  @Test
  void eachHasTheKindOfAddressItsLoopWants() {
    Path socket = Path.of("/tmp/s");
    assertThat(Transport.NATIVE.address(socket))
        .isInstanceOf(DomainSocketAddress.class)
        .hasToString("/tmp/s");
    assertThat(Transport.NIO.address(socket)).isEqualTo(UnixDomainSocketAddress.of(socket));
    InetSocketAddress tcp = (InetSocketAddress) Transport.TCP.address(socket);
    assertThat(tcp.getAddress().isLoopbackAddress()).isTrue();
    assertThat(tcp.getPort()).isZero();
  }
}
