package io.delegate.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h} and ISO-8601 ({@code PT5S}). */
final class TimeConverter implements ITypeConverter<Duration> {
  private static final Pattern SHORT = Pattern.compile("(\\d+)(ms|s|m|h)");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS);

  @Override
  public Duration convert(String text) {
    try {
      Duration time = parse(text.strip());
      if (time.toNanos() > 0) { // throws beyond 292 years, which no timer can hold
        return time;
      }
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      // told below
    }
    throw new TypeConversionException(
        "'" + text + "' is no time above zero: write it as 5s, 500ms, 2m, 1h or PT5S");
  }

  private static Duration parse(String text) {
    Matcher m = SHORT.matcher(text.toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      return Duration.parse(text);
    }
    return Duration.of(Long.parseLong(m.group(1)), UNITS.get(m.group(2)));
  }
}
