package io.delegate.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether there are file descriptors for a start. Asked before the JDK tries: when it runs out of
 * them half way it closes what it has not opened, descriptors 0 and others of this very process
 * among them (seen with {@code strace} on 17.0).
 */
final class Headroom {
  /**
   * Five pipes, two ends each: the three streams, the child's environment, the word that it failed;
   * and two to spare.
   */
  private static final int NEEDED = 12;

  private static final File NULL = new File("/dev/null");

  private Headroom() {}

  /** Opens as many, and closes them. One start at a time: many would see each other's. */
  static synchronized void check() throws IOException {
    if (!NULL.canRead()) {
      return; // Windows, or a strange place
    }
    List<FileInputStream> held = new ArrayList<>(NEEDED);
    try {
      for (int i = 0; i < NEEDED; i++) {
        held.add(new FileInputStream(NULL));
      }
    } catch (FileNotFoundException full) { // numbered as the system does, so that the remedy fits
      String why = "error=24, there are " + held.size() + " descriptors left of the " + NEEDED;
      throw new IOException(why + " a start needs: " + full.getMessage(), full);
    } finally {
      for (FileInputStream file : held) {
        file.close();
      }
    }
  }
}
