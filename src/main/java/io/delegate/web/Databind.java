package io.delegate.web;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import org.jspecify.annotations.Nullable;

/** All that needs jackson-databind, which may be missing. */
final class Databind {
  /** What follows the value on its line is a mistake, not to be passed over. */
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Databind() {}

  static <I> ItemReader<I> reader(Class<I> type) {
    return reader(MAPPER.readerFor(type));
  }

  static <I> ItemReader<I> reader(ObjectReader reader) {
    return reader::readValue;
  }

  static ResultWriter<@Nullable Object> writer() {
    return writer(MAPPER.writer());
  }

  static ResultWriter<@Nullable Object> writer(ObjectWriter writer) {
    return (result, json) -> writer.writeValue(json, result);
  }
}
