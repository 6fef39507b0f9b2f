package io.delegate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came with the item that runs: for works, in the child. Empty unless the scheduler was built
 * with {@link ProcessScheduler.Builder#contextKeys} or {@link ProcessScheduler.Builder#observer}.
 *
 * <pre>{@code
 * Work<Path, Thumb> render = path -> Thumbs.render(path, ItemContext.get("tenant"));
 * }</pre>
 *
 * <p>It is there on the thread that runs the work, from when the work is called until it returns or
 * throws; threads that a work starts do not have it. Where SLF4J is on the child's class path the
 * same names and values are in its MDC for as long.
 */
public final class ItemContext {
  private static final ThreadLocal<Map<String, String>> CURRENT = new ThreadLocal<>();

  private ItemContext() {}

  /**
   * All of it.
   *
   * @return names and values, unchangeable; empty where nothing came, and on any other thread
   */
  public static Map<String, String> current() {
    Map<String, String> values = CURRENT.get();
    return values == null ? Map.of() : values;
  }

  /**
   * One value.
   *
   * @param key its name
   * @return the value, or null where none came
   */
  public static @Nullable String get(String key) {
    return current().get(key);
  }

  /**
   * Makes values visible to this thread, as they are to a work in a child: for tests of works. Does
   * not touch the MDC.
   *
   * @param values names and values; copied
   * @return to be closed by the same thread; what was visible before is so again
   */
  public static Scope open(Map<String, String> values) {
    Map<String, String> before = CURRENT.get();
    CURRENT.set(Collections.unmodifiableMap(new LinkedHashMap<>(values)));
    return new Before(before);
  }

  /** For how long values are visible. */
  @FunctionalInterface
  public interface Scope extends AutoCloseable {
    /** They are visible no more. */
    @Override
    void close();
  }

  /** No lambda: the first of a JVM takes long to make. */
  private static final class Before implements Scope {
    private final @Nullable Map<String, String> before;

    Before(@Nullable Map<String, String> before) {
      this.before = before;
    }

    @Override
    public void close() {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }
}
