package io.delegate.web;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a result is written as JSON.
 *
 * <p>It is called on a thread of {@link reactor.core.scheduler.Schedulers#parallel()}, for one
 * result of a request at a time and for many requests at once: it must not block.
 *
 * @param <R> the type of the results
 */
@FunctionalInterface
public interface ResultWriter<R> {
  /**
   * Writes one JSON value.
   *
   * @param result what the work returned
   * @param json where to; it is flushed and closed by the caller
   * @throws IOException anything thrown makes the item a failure in the response, with this as its
   *     error; the others go on
   */
  void write(@Nullable R result, JsonGenerator json) throws IOException;

  /**
   * Results are written as strings, by their {@code toString()}; null as null.
   *
   * @return the writer
   */
  static ResultWriter<@Nullable Object> text() {
    return (result, json) -> json.writeString(result == null ? null : result.toString());
  }

  /**
   * Results are JSON already, as a work that does the writing in the child returns it. They are
   * copied unchecked, but for line ends, which become blanks.
   *
   * @return the writer
   */
  static ResultWriter<@Nullable String> raw() {
    return (result, json) -> json.writeRawValue(result == null ? "null" : result);
  }

  /**
   * Results are written by Jackson with its default settings. It needs jackson-databind.
   *
   * @return the writer
   */
  static ResultWriter<@Nullable Object> json() {
    return Databind.writer();
  }

  /**
   * Results are written by Jackson with settings of the user's own. It needs jackson-databind.
   *
   * @param writer a writer for the type of the results
   * @return the writer
   */
  static ResultWriter<@Nullable Object> json(ObjectWriter writer) {
    return Databind.writer(writer);
  }
}
