package io.delegate.process;

import java.net.URL;
import java.security.CodeSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a class says that it is from: for class loaders that tell nothing else.
 *
 * @param type of this library
 */
record OwnPlace(Class<?> type) implements ClassSource {
  @Override
  public String what() {
    return "place of Delegate";
  }

  @Override
  public List<Location> locations() {
    Location location = of(type);
    return location == null ? List.of() : List.of(location);
  }

  private static @Nullable Location of(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL url = source == null ? null : source.getLocation();
    return url == null ? null : Location.of(url);
  }
}
