package io.delegate.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Of this library: parents and nodes must have the same. */
final class Version {
  /** Of this artifact alone, also where it was put into another jar. */
  private static final String OWN = "/META-INF/maven/io.delegate/delegate/pom.properties";

  private Version() {}

  static String own() {
    try (InputStream in = Version.class.getResourceAsStream(OWN)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "(not from a jar)");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + OWN, e);
    }
  }
}
