package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {
  private final Origins origins =
      new Origins(Set.of("work.example"), Set.of("https://app.example", "http://localhost:3000"));

  @ParameterizedTest
  @CsvSource({
    ",,localhost",
    "same-origin,http://localhost:8080,localhost:8080",
    "same-origin,https://work.example,127.0.0.1:8080",
    "none,,localhost",
    ",http://localhost:8080,LOCALHOST:8080",
    ",https://work.example,127.0.0.1:8080",
    "cross-site,https://app.example,localhost",
    "same-site,HTTP://localhost:3000,localhost:8080"
  })
  void programsAndPagesOfItsOwnOrOfAllowedSitesMayUseIt(String site, String origin, String host) {
    assertThat(origins.permits(site, origin, host)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "cross-site,https://evil.example,localhost",
    "cross-site,,localhost",
    "same-site,http://localhost:4000,localhost:8080",
    "same-site,https://other.work.example,work.example",
    ",https://evil.example,localhost",
    ",http://localhost:4000,localhost:8080",
    ",null,localhost",
    ",'',localhost",
    ",http://[,localhost",
    ",https://app.example.evil.example,localhost",
    ",http://app.example,localhost",
    "odd,http://localhost,localhost",
    ",http://localhost,"
  })
  void pagesOfOtherSitesMayNot(String site, String origin, String host) {
    assertThat(origins.permits(site, origin, host)).isFalse();
  }

  @Test
  void aSiteIsNamedAsABrowserNamesIt() {
    assertThat(Checks.origin("https://App.Example:443")).isEqualTo("https://app.example");
    assertThat(Checks.origin("http://[::1]:3000")).isEqualTo("http://[::1]:3000");
    for (String wrong : new String[] {"app.example", "*", "null", "https://app.example/", ""}) {
      assertThatThrownBy(() -> Checks.origin(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("option allowedOrigins = " + wrong + ": give scheme");
    }
  }
}
