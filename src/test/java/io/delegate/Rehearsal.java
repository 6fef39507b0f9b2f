package io.delegate;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What one child runs before the archive is made, so that the tests' own classes are in it. By
 * itself, since those of JUnit are not there in most children.
 */
final class Rehearsal {
  static final Work<Integer, Integer> LOAD = Rehearsal::load;

  private Rehearsal() {}

  /** All that hold works; some need what no child needs. */
  private static int load(int i) throws IOException {
    URL own = Rehearsal.class.getProtectionDomain().getCodeSource().getLocation();
    if (own.getPath().endsWith(".jar")) {
      ClassLoader loader = Rehearsal.class.getClassLoader();
      try (ZipFile jar = new ZipFile(own.getPath())) {
        for (ZipEntry entry : Collections.list(jar.entries())) {
          String file = entry.getName();
          if (file.endsWith(".class") && !file.contains("-")) {
            try {
              Class.forName(file.substring(0, file.length() - 6).replace('/', '.'), false, loader);
            } catch (ClassNotFoundException | LinkageError e) {
              // not in the archive, then
            }
          }
        }
      }
    }
    return i;
  }
}
