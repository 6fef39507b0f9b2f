package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardTest {
  @Test
  void badOptionsAreRefusedAtOnce() {
    Dashboard.Builder builder = Dashboard.builder();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.title(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.history(Duration.ofSeconds(9)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.history(Duration.ofHours(2)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxDeaths(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxDeaths(1_001));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.limit(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.allowedHosts("a.example:80"))
        .withMessageContaining("without port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "ops", "/ops/", "/{name}", "//", "/a b", "/*"})
  void badPathsAreRefusedAtOnce(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> Dashboard.create().routes(path));
  }

  @Test
  void nothingRunsWhereNobodyLooks() {
    try (Dashboard dashboard = Dashboard.create()) {
      dashboard.routes();
      dashboard.routes("/ops/children");
      assertThat(dashboard.reporter()).isSameAs(dashboard.reporter());
      assertThat(dashboard.audience().isAwake()).isFalse();
    }
  }
}
