package io.delegate.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 65536}, {@code 64k}, {@code 10m} and {@code 2g}, in bytes. */
class SizeConverter implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})([kmg]?)");

  @Override
  public Long convert(String text) {
    Matcher m = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (m.matches()) {
      int shift = m.group(2).isEmpty() ? 0 : 10 * (1 + "kmg".indexOf(m.group(2)));
      long size = Long.parseLong(m.group(1)) << shift; // below 2^60
      if (size > 0) {
        return size;
      }
    }
    throw new TypeConversionException(
        "'" + text + "' is no size above zero: write it as 65536, 64k, 10m or 2g");
  }

  /** The same, for what is held in one piece. */
  static final class OfOne extends SizeConverter {
    @Override
    public Long convert(String text) {
      long size = super.convert(text);
      if (size <= Integer.MAX_VALUE) {
        return size;
      }
      throw new TypeConversionException("'" + text + "' is too large: give less than 2g");
    }
  }
}
