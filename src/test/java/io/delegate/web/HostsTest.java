package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
  private final Hosts none = new Hosts(Set.of());
  private final Hosts named = new Hosts(Set.of("app.example.com"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:8080",
        "LocalHost.",
        "me.localhost:1",
        "127.0.0.1",
        "127.0.0.1:8080",
        "[::1]",
        "[::1]:8080",
        "192.168.1.7:80"
      })
  void itsOwnNamesAndAddressesAreGoodEverywhere(String host) {
    assertThat(none.permits(host, true)).isTrue();
    assertThat(none.permits(host, false)).isTrue();
    assertThat(named.permits(host, true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
        "[evil]", "", "app.example.com.evil.example", "evil.example:80:80"
      })
  void aForeignNameIsNotGoodOnLoopback(String host) {
    assertThat(none.permits(host, true)).isFalse();
    assertThat(named.permits(host, true)).isFalse();
    assertThat(named.permits(host, false)).isFalse();
  }

  @Test
  void whatIsNamedIsGood() {
    assertThat(named.permits("APP.example.com:443", true)).isTrue();
    assertThat(named.permits("app.example.com", false)).isTrue();
  }

  @Test
  void elsewhereAnyNameIsGoodUnlessSomeAreNamed() {
    assertThat(none.permits("anything.example", false)).isTrue();
  }

  @Test
  void whoDoesNotSayIsNotServed() {
    assertThat(none.permits(null, false)).isFalse();
  }
}
