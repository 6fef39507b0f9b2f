package io.delegate.worker;

import java.nio.channels.spi.SelectorProvider;

/**
 * Names the JDK's own maker of sockets, which the parent uses, before the JDK looks for another: it
 * would open each jar of the class path for that. One that is registered as a service on the
 * children's class path alone is not used, then; one that the property names is.
 */
final class Sockets {
  private static final String PROPERTY = "java.nio.channels.spi.SelectorProvider";

  private Sockets() {}

  /** Puts the parent's in place, if this JDK has it. */
  static void prepare(String parents) {
    if (System.getProperty(PROPERTY) != null || !isOwn(parents)) {
      return; // then the JDK looks
    }
    System.setProperty(PROPERTY, parents);
    try {
      SelectorProvider.provider();
    } finally {
      System.clearProperty(PROPERTY); // the user's code never sees it
    }
  }

  private static boolean isOwn(String name) {
    try {
      Class.forName(name, false, null);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
