package io.delegate.codec;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** The forms of {@code java.time}. */
final class TimeForms {
  private TimeForms() {}

  static void write(FormOutput out, Kind kind, Object value) throws IOException {
    switch (kind) {
      case DURATION -> {
        out.writeLong(((Duration) value).getSeconds());
        out.writeInt(((Duration) value).getNano());
      }
      case INSTANT -> {
        out.writeLong(((Instant) value).getEpochSecond());
        out.writeInt(((Instant) value).getNano());
      }
      case LOCAL_DATE -> out.writeLong(((LocalDate) value).toEpochDay());
      case LOCAL_TIME -> out.writeLong(((LocalTime) value).toNanoOfDay());
      case LOCAL_DATE_TIME -> writeDateTime(out, (LocalDateTime) value);
      case OFFSET_DATE_TIME -> {
        OffsetDateTime time = (OffsetDateTime) value;
        writeDateTime(out, time.toLocalDateTime());
        out.writeInt(time.getOffset().getTotalSeconds());
      }
      case OFFSET_TIME -> {
        OffsetTime time = (OffsetTime) value;
        out.writeLong(time.toLocalTime().toNanoOfDay());
        out.writeInt(time.getOffset().getTotalSeconds());
      }
      case ZONED_DATE_TIME -> {
        ZonedDateTime time = (ZonedDateTime) value;
        writeDateTime(out, time.toLocalDateTime());
        out.writeInt(time.getOffset().getTotalSeconds());
        out.writeUTF(time.getZone().getId());
      }
      case ZONE_OFFSET -> out.writeInt(((ZoneOffset) value).getTotalSeconds());
      case YEAR -> out.writeInt(((Year) value).getValue());
      case YEAR_MONTH -> {
        out.writeInt(((YearMonth) value).getYear());
        out.writeByte(((YearMonth) value).getMonthValue());
      }
      case MONTH_DAY -> {
        out.writeByte(((MonthDay) value).getMonthValue());
        out.writeByte(((MonthDay) value).getDayOfMonth());
      }
      case PERIOD -> {
        Period period = (Period) value;
        out.writeInt(period.getYears());
        out.writeInt(period.getMonths());
        out.writeInt(period.getDays());
      }
      default -> throw new AssertionError(kind);
    }
  }

  static Object read(FormInput in, Kind kind) throws IOException {
    return switch (kind) {
      case DURATION -> Duration.ofSeconds(in.readLong(), in.readInt());
      case INSTANT -> Instant.ofEpochSecond(in.readLong(), in.readInt());
      case LOCAL_DATE -> LocalDate.ofEpochDay(in.readLong());
      case LOCAL_TIME -> LocalTime.ofNanoOfDay(in.readLong());
      case LOCAL_DATE_TIME -> readDateTime(in);
      case OFFSET_DATE_TIME -> OffsetDateTime.of(readDateTime(in), readOffset(in));
      case OFFSET_TIME -> OffsetTime.of(LocalTime.ofNanoOfDay(in.readLong()), readOffset(in));
      case ZONED_DATE_TIME ->
          ZonedDateTime.ofInstant(readDateTime(in), readOffset(in), ZoneId.of(in.readUTF()));
      case ZONE_OFFSET -> readOffset(in);
      case YEAR -> Year.of(in.readInt());
      case YEAR_MONTH -> YearMonth.of(in.readInt(), in.readByte());
      case MONTH_DAY -> MonthDay.of(in.readByte(), in.readByte());
      case PERIOD -> Period.of(in.readInt(), in.readInt(), in.readInt());
      default -> throw new AssertionError(kind);
    };
  }

  private static void writeDateTime(FormOutput out, LocalDateTime time) throws IOException {
    out.writeLong(time.toLocalDate().toEpochDay());
    out.writeLong(time.toLocalTime().toNanoOfDay());
  }

  private static LocalDateTime readDateTime(FormInput in) throws IOException {
    return LocalDateTime.of(
        LocalDate.ofEpochDay(in.readLong()), LocalTime.ofNanoOfDay(in.readLong()));
  }

  private static ZoneOffset readOffset(FormInput in) throws IOException {
    return ZoneOffset.ofTotalSeconds(in.readInt());
  }
}
