package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisitorsTest {
  private final Visitors here = new Visitors(true, List.of());
  private final Visitors proxied = new Visitors(true, List.of("Work.Example"));
  private final Visitors open = new Visitors(false, List.of());

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8080,",
    "127.1.2.3,",
    "localhost:8080,",
    "LOCALHOST,",
    "app.localhost:1,",
    "[::1]:8080,",
    ", ",
    "localhost:8080, http://localhost:8080",
    "[::1]:8080, http://[::1]:8080"
  })
  void thisMachineAndItsOwnPagesAreServed(String host, String origin) {
    assertThat(here.refuse(host, origin)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "evil.example:8080,",
    "127.0.0.1.evil.example,",
    "localhost.evil.example,",
    "work.example,",
    "0.0.0.0:8080,"
  })
  void anotherNameThatLeadsHereIsNot(String host) {
    assertThat(here.refuse(host, null)).contains("--allowed-host");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8080, https://evil.example",
    "127.0.0.1:8080, http://127.0.0.1:9090",
    "127.0.0.1:8080, null",
    "127.0.0.1:8080, ''",
    "127.0.0.1:8080, http://[",
    ", http://localhost"
  })
  void pagesOfOtherSitesAreNot(String host, String origin) {
    assertThat(here.refuse(host, origin)).contains("may not use this server");
    assertThat(open.refuse(host, origin)).contains("may not use this server");
  }

  @Test
  void whatItGoesByBehindAProxyIsAllowed() {
    assertThat(proxied.refuse("work.example", null)).isNull();
    assertThat(proxied.refuse("127.0.0.1:8080", "https://work.example")).isNull();
    assertThat(proxied.refuse("other.example", null)).isNotNull();
  }

  @Test
  void whereOthersReachItAnyNameWillDo() {
    assertThat(open.refuse("work.example", null)).isNull();
    assertThat(open.refuse("work.example:81", "http://work.example:81")).isNull();
  }
}
