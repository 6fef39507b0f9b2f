package io.delegate.codec;

import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
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
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** How an object is written; the ordinal goes over the wire, so that both sides must agree. */
enum Kind {
  /** The library copies the fields. */
  PLAIN,
  /** Nothing for a library: the whole value goes through Java serialization. */
  FOREIGN,
  /** Libraries know it without help. */
  BASIC,
  BYTE,
  SHORT,
  CHARACTER,
  FLOAT,
  DOUBLE,
  ENUM,
  CLASS,
  RECORD,
  PATH,
  BIG_INTEGER,
  BIG_DECIMAL,
  UNIQUE_ID,
  URI_TEXT,
  FILE,
  DATE,
  BIT_SET,
  STRING_BUILDER,
  ATOMIC_BOOLEAN,
  ATOMIC_INTEGER,
  ATOMIC_LONG,
  DURATION,
  INSTANT,
  LOCAL_DATE,
  LOCAL_TIME,
  LOCAL_DATE_TIME,
  OFFSET_DATE_TIME,
  OFFSET_TIME,
  ZONED_DATE_TIME,
  ZONE_OFFSET,
  YEAR,
  YEAR_MONTH,
  MONTH_DAY,
  PERIOD,
  ENUM_SET,
  IMMUTABLE_LIST,
  IMMUTABLE_SET,
  IMMUTABLE_MAP,
  ARRAY,
  ATOMIC_REFERENCE,
  ARRAY_LIST,
  LINKED_LIST,
  ARRAY_DEQUE,
  COPY_ON_WRITE_LIST,
  HASH_SET,
  LINKED_HASH_SET,
  TREE_SET,
  HASH_MAP,
  LINKED_HASH_MAP,
  TREE_MAP,
  CONCURRENT_HASH_MAP;

  private static final Kind[] BY_CODE = values();
  private static final Map<Class<?>, Kind> EXACT = exact();

  /** The kind of all objects of exactly this class. */
  static Kind of(Class<?> type) {
    Kind exact = EXACT.get(type);
    if (exact != null) {
      return exact;
    }
    if (type.isArray()) {
      return ARRAY;
    }
    if (Enum.class.isAssignableFrom(type)) {
      return ENUM;
    }
    if (Path.class.isAssignableFrom(type)) {
      return PATH;
    }
    if (type.isRecord()) {
      return Fitness.plainRecord(type) ? RECORD : FOREIGN;
    }
    if (EnumSet.class.isAssignableFrom(type)) {
      return ENUM_SET;
    }
    if (Fitness.ofJdk(type)) {
      return immutable(type.getName());
    }
    return Fitness.plain(type) ? PLAIN : FOREIGN;
  }

  static Kind of(byte code) throws DamagedException {
    if (code < 0 || code >= BY_CODE.length) {
      throw new DamagedException("unknown kind " + code);
    }
    return BY_CODE[code];
  }

  /** Whether a second reference to the object is written as such. */
  boolean shared() {
    return ordinal() > CLASS.ordinal();
  }

  /** Whether the object is there, empty, before its content, which may then refer to it. */
  boolean early() {
    return ordinal() >= ARRAY.ordinal();
  }

  /**
   * Whether the object can only be built after its content, so that nothing in it can refer to it.
   */
  boolean late() {
    return this == RECORD
        || this == IMMUTABLE_LIST
        || this == IMMUTABLE_SET
        || this == IMMUTABLE_MAP;
  }

  private static Kind immutable(String name) {
    return switch (name) {
      case "java.util.ImmutableCollections$ListN", "java.util.ImmutableCollections$List12" ->
          IMMUTABLE_LIST;
      case "java.util.ImmutableCollections$SetN", "java.util.ImmutableCollections$Set12" ->
          IMMUTABLE_SET;
      case "java.util.ImmutableCollections$MapN", "java.util.ImmutableCollections$Map1" ->
          IMMUTABLE_MAP;
      default -> FOREIGN;
    };
  }

  private static Map<Class<?>, Kind> exact() {
    var exact = new HashMap<Class<?>, Kind>(128);
    exact.put(String.class, BASIC);
    exact.put(Integer.class, BASIC);
    exact.put(Long.class, BASIC);
    exact.put(Boolean.class, BASIC);
    exact.put(Class.class, CLASS);
    exact.put(Byte.class, BYTE);
    exact.put(Short.class, SHORT);
    exact.put(Character.class, CHARACTER);
    exact.put(Float.class, FLOAT);
    exact.put(Double.class, DOUBLE);
    exact.put(BigInteger.class, BIG_INTEGER);
    exact.put(BigDecimal.class, BIG_DECIMAL);
    exact.put(UUID.class, UNIQUE_ID);
    exact.put(URI.class, URI_TEXT);
    exact.put(File.class, FILE);
    exact.put(Date.class, DATE);
    exact.put(BitSet.class, BIT_SET);
    exact.put(StringBuilder.class, STRING_BUILDER);
    exact.put(AtomicBoolean.class, ATOMIC_BOOLEAN);
    exact.put(AtomicInteger.class, ATOMIC_INTEGER);
    exact.put(AtomicLong.class, ATOMIC_LONG);
    exact.put(AtomicReference.class, ATOMIC_REFERENCE);
    exact.put(Duration.class, DURATION);
    exact.put(Instant.class, INSTANT);
    exact.put(LocalDate.class, LOCAL_DATE);
    exact.put(LocalTime.class, LOCAL_TIME);
    exact.put(LocalDateTime.class, LOCAL_DATE_TIME);
    exact.put(OffsetDateTime.class, OFFSET_DATE_TIME);
    exact.put(OffsetTime.class, OFFSET_TIME);
    exact.put(ZonedDateTime.class, ZONED_DATE_TIME);
    exact.put(ZoneOffset.class, ZONE_OFFSET);
    exact.put(Year.class, YEAR);
    exact.put(YearMonth.class, YEAR_MONTH);
    exact.put(MonthDay.class, MONTH_DAY);
    exact.put(Period.class, PERIOD);
    exact.put(ArrayList.class, ARRAY_LIST);
    exact.put(LinkedList.class, LINKED_LIST);
    exact.put(ArrayDeque.class, ARRAY_DEQUE);
    exact.put(CopyOnWriteArrayList.class, COPY_ON_WRITE_LIST);
    exact.put(HashSet.class, HASH_SET);
    exact.put(LinkedHashSet.class, LINKED_HASH_SET);
    exact.put(TreeSet.class, TREE_SET);
    exact.put(HashMap.class, HASH_MAP);
    exact.put(LinkedHashMap.class, LINKED_HASH_MAP);
    exact.put(TreeMap.class, TREE_MAP);
    exact.put(ConcurrentHashMap.class, CONCURRENT_HASH_MAP);
    return exact;
  }
}
