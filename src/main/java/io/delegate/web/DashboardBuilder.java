package io.delegate.web;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The one place where options are checked. */
final class DashboardBuilder implements Dashboard.Builder {
  /** Each second of it is kept, with a histogram. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final Duration SHORTEST = Duration.ofSeconds(10);

  /** All of them are in the first frame that a viewer gets. */
  private static final int MOST_DEATHS = 1_000;

  private String title = "delegate";
  private Duration history = Duration.ofMinutes(5);
  private int maxDeaths = 200;
  private boolean evidence = true;
  private @Nullable Duration limit;
  private Set<String> allowedHosts = Set.of();

  @Override
  public Dashboard.Builder title(String title) {
    if (title.isBlank()) {
      throw new IllegalArgumentException("option title is blank: give a name, or leave it out");
    }
    this.title = title.strip();
    return this;
  }

  @Override
  public Dashboard.Builder history(Duration span) {
    Objects.requireNonNull(span, "history");
    if (span.compareTo(SHORTEST) < 0 || span.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "option history = " + span + ": give a time of 10 s to an hour");
    }
    history = span;
    return this;
  }

  @Override
  public Dashboard.Builder maxDeaths(int deaths) {
    if (deaths < 1 || deaths > MOST_DEATHS) {
      throw new IllegalArgumentException(
          "option maxDeaths = " + deaths + ": give 1 to " + MOST_DEATHS);
    }
    maxDeaths = deaths;
    return this;
  }

  @Override
  public Dashboard.Builder evidence(boolean told) {
    evidence = told;
    return this;
  }

  @Override
  public Dashboard.Builder limit(Duration time) {
    limit = Checks.time(time, "limit");
    return this;
  }

  @Override
  public Dashboard.Builder allowedHosts(String... hosts) {
    allowedHosts = Hosts.checked(hosts);
    return this;
  }

  @Override
  public Dashboard build() {
    return new Dashboard(options());
  }

  DashboardOptions options() {
    return new DashboardOptions(title, history, maxDeaths, evidence, limit, allowedHosts);
  }
}
