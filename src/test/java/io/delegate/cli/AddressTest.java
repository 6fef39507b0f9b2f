package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "8080, 127.0.0.1, 8080, true",
    "0, 127.0.0.1, 0, true",
    "localhost:65535, localhost, 65535, true",
    "0.0.0.0:80, 0.0.0.0, 80, false",
    "[::1]:80, ::1, 80, true",
    "[::]:80, ::, 80, false",
    "192.0.2.1:80, 192.0.2.1, 80, false"
  })
  void itIsReadAsItIsWritten(String text, String host, int port, boolean loopback) {
    Address address = new Address.Converter().convert(text);
    assertThat(address).isEqualTo(new Address(host, port));
    assertThat(address.isLoopback()).isEqualTo(loopback);
    assertThat(new Address.Converter().convert(address.toString())).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", ":80", "host", "host:", "::1:80", "65536", "-1", "a b:80", "http://a:80"})
  void allElseIsRefusedWithTheRemedy(String text) {
    assertThatThrownBy(() -> new Address.Converter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("write it as 8080");
  }

  @Test
  void aNameThatNobodyKnowsIsNotTakenForThisMachine() {
    assertThat(new Address("no-such-host.invalid", 80).isLoopback()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "64k, 65536",
    "10M, 10485760",
    "2g, 2147483648",
    "999999999g, 1073741822926258176"
  })
  void sizesHaveUnits(String text, long bytes) {
    assertThat(new SizeConverter().convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0k", "-1", "1.5m", "1t", "k", "1000000000g"})
  void otherSizesAreRefusedWithTheRemedy(String text) {
    assertThatThrownBy(() -> new SizeConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("write it as 65536, 64k");
  }
}
