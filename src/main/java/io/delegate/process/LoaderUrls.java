package io.delegate.process;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link URLClassLoader}s have, from that loader up to the system's, which is left out;
 * parents first, as classes are looked up.
 *
 * @param loader where to begin
 */
record LoaderUrls(@Nullable ClassLoader loader) implements ClassSource {
  /** Whether all that a loader has is where it says, or on the class path. */
  static boolean tells(ClassLoader loader) {
    return loader instanceof URLClassLoader
        || loader == ClassLoader.getSystemClassLoader()
        || loader == ClassLoader.getPlatformClassLoader();
  }

  @Override
  public String what() {
    return "class loader";
  }

  @Override
  public List<Location> locations() {
    List<Location> found = new ArrayList<>();
    ClassLoader system = ClassLoader.getSystemClassLoader();
    for (ClassLoader at = loader; at != null && at != system; at = at.getParent()) {
      if (at instanceof URLClassLoader urls) {
        found.addAll(0, locations(urls.getURLs()));
      }
    }
    return found;
  }

  /** One that is closed, as servers do it with theirs, may have none. */
  private static List<Location> locations(URL @Nullable [] urls) {
    List<Location> found = new ArrayList<>();
    for (URL url : urls == null ? new URL[0] : urls) {
      found.add(Location.of(url));
    }
    return found;
  }
}
