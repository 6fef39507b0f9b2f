package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CookieTest {
  private static boolean isIn(Cookie cookie, String environment) {
    byte[] bytes = environment.getBytes(StandardCharsets.UTF_8);
    return cookie.isIn(bytes, bytes.length);
  }

  @Test
  void onlyTheWholeMarkMatches() {
    Cookie cookie = Cookie.exactly("delegate-1-a/1");
    assertThat(isIn(cookie, "DELEGATE_CHILD=delegate-1-a/1")).isTrue();
    assertThat(isIn(cookie, "A=B\0DELEGATE_CHILD=delegate-1-a/1\0C=D\0")).isTrue();
    assertThat(isIn(cookie, "DELEGATE_CHILD=delegate-1-a/12\0")).isFalse();
    assertThat(isIn(cookie, "DELEGATE_CHILD=delegate-1-a/\0")).isFalse();
    assertThat(isIn(cookie, "XDELEGATE_CHILD=delegate-1-a/1\0")).isFalse();
    assertThat(isIn(cookie, "X=DELEGATE_CHILD=delegate-1-a/1\0")).isFalse();
    assertThat(isIn(cookie, "")).isFalse();
  }

  @Test
  void anyMarkOfAChainMatches() {
    String chain = "DELEGATE_CHILD=" + Cookie.value(Cookie.value(null, "o/1"), "i/2") + "\0";
    assertThat(isIn(Cookie.exactly("o/1"), chain)).isTrue();
    assertThat(isIn(Cookie.exactly("i/2"), chain)).isTrue();
    assertThat(isIn(Cookie.exactly("o"), chain)).isFalse();
    assertThat(isIn(Cookie.startingWith("o/"), chain)).isTrue();
    assertThat(isIn(Cookie.startingWith("i/"), chain)).isTrue();
    assertThat(isIn(Cookie.startingWith("x/"), chain)).isFalse();
  }
}
