package io.delegate.cluster;

/** Of this library: parents and nodes must have the same. */
final class Version {
  private Version() {}

  static String own() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(not from a jar)" : version;
  }
}
