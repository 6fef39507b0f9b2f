package io.delegate.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Array;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a method returned, as JSON: null, booleans, numbers, strings, maps, iterables, arrays
 * ({@code byte[]} in base 64), records and Optional as such, all else by its {@code toString()}.
 */
final class ValueJson {
  /** Deeper than anything meant to be read; it also ends what makes new values without end. */
  static final int DEEPEST = 32;

  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator json;

  /** The containers around the value being written, innermost first. */
  private final Deque<Object> around = new ArrayDeque<>();

  private ValueJson(JsonGenerator json) {
    this.json = json;
  }

  /** One line of JSON. What the value's own methods throw, it throws. */
  static String of(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      new ValueJson(json).write(value);
    } catch (IOException e) {
      throw new IllegalStateException("the result cannot be written as JSON", e);
    }
    return text.toString();
  }

  private void write(@Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean b) {
      json.writeBoolean(b);
    } else if (value instanceof Number n) {
      writeNumber(n);
    } else if (value instanceof Optional<?> o) {
      writeInside(o, () -> write(o.orElse(null)));
    } else if (value instanceof Map<?, ?> m) {
      writeInside(m, () -> writeMap(m));
    } else if (value instanceof Iterable<?> i && !(value instanceof Path)) { // a Path holds itself
      writeInside(i, () -> writeAll(i));
    } else if (value instanceof byte[] bytes) {
      json.writeBinary(bytes);
    } else if (value.getClass().isArray()) {
      writeInside(value, () -> writeArray(value));
    } else if (value instanceof Record r) {
      writeInside(r, () -> writeRecord(r));
    } else {
      json.writeString(value.toString());
    }
  }

  private void writeNumber(Number n) throws IOException {
    if (n instanceof Double d && Double.isFinite(d)) {
      json.writeNumber(d);
    } else if (n instanceof Float f && Float.isFinite(f)) {
      json.writeNumber(f);
    } else if (n instanceof BigDecimal d) {
      json.writeNumber(d);
    } else if (n instanceof BigInteger i) {
      json.writeNumber(i);
    } else if (n instanceof Long
        || n instanceof Integer
        || n instanceof Short
        || n instanceof Byte
        || n instanceof AtomicLong
        || n instanceof AtomicInteger) {
      json.writeNumber(n.longValue());
    } else {
      json.writeString(n.toString()); // NaN, infinities, and numbers of the user's own
    }
  }

  private void writeInside(Object container, Body body) throws IOException {
    if (around.stream().anyMatch(a -> a == container)) {
      json.writeString("(cycle)");
    } else if (around.size() == DEEPEST) {
      json.writeString("(too deep)");
    } else {
      around.push(container);
      body.write();
      around.pop();
    }
  }

  private void writeMap(Map<?, ?> map) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> e : map.entrySet()) {
      json.writeFieldName(String.valueOf(e.getKey()));
      write(e.getValue());
    }
    json.writeEndObject();
  }

  private void writeAll(Iterable<?> values) throws IOException {
    json.writeStartArray();
    for (Object value : values) {
      write(value);
    }
    json.writeEndArray();
  }

  private void writeArray(Object array) throws IOException {
    json.writeStartArray();
    for (int i = 0; i < Array.getLength(array); i++) {
      write(Array.get(array, i));
    }
    json.writeEndArray();
  }

  private void writeRecord(Record value) throws IOException {
    RecordComponent[] components = value.getClass().getRecordComponents();
    try {
      for (RecordComponent c : components) {
        c.getAccessor().setAccessible(true); // the record's class need not be public
      }
    } catch (InaccessibleObjectException e) {
      json.writeString(value.toString()); // of a module that is not open
      return;
    }
    json.writeStartObject();
    for (RecordComponent c : components) {
      json.writeFieldName(c.getName());
      write(read(c.getAccessor(), value));
    }
    json.writeEndObject();
  }

  private static @Nullable Object read(Method accessor, Record value) {
    try {
      return accessor.invoke(value);
    } catch (InvocationTargetException | IllegalAccessException e) {
      throw new IllegalStateException("component " + accessor + " cannot be read", e.getCause());
    }
  }

  /** Writes what is inside a container. */
  @FunctionalInterface
  private interface Body {
    void write() throws IOException;
  }
}
