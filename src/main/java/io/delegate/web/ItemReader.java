package io.delegate.web;

import com.fasterxml.jackson.databind.ObjectReader;

/**
 * How one line of a request, or its whole body, becomes an item.
 *
 * <p>It is called on an event loop of the server or a thread of the scheduler, for one line of a
 * request at a time and for many requests at once: it must not block.
 *
 * @param <I> the type of the items
 */
@FunctionalInterface
public interface ItemReader<I> {
  /**
   * Makes the item.
   *
   * @param text the line without its end, never empty; or the whole body, which may be empty
   * @return the item, not null
   * @throws Exception anything thrown is the client's mistake: it is answered with status 400, and
   *     with the exception's message
   */
  I read(String text) throws Exception;

  /**
   * Items are the lines as they are, whatever is in them.
   *
   * @return the reader
   */
  static ItemReader<String> text() {
    return text -> text;
  }

  /**
   * Each line is one JSON value, read by Jackson with its default settings. It needs
   * jackson-databind.
   *
   * @param type what it is read to; {@code String.class} for lines that are JSON strings
   * @param <I> the type of the items
   * @return the reader
   */
  static <I> ItemReader<I> json(Class<I> type) {
    return Databind.reader(type);
  }

  /**
   * Each line is one JSON value, read by Jackson with settings of the user's own. It needs
   * jackson-databind.
   *
   * @param reader a reader for the type of the items
   * @param <I> the type of the items
   * @return the reader
   */
  static <I> ItemReader<I> json(ObjectReader reader) {
    return Databind.reader(reader);
  }
}
