package io.delegate.codec;

/** Fory's sessions. */
final class ForySessions extends Sessions {
  static final ForySessions ALL = new ForySessions();

  private ForySessions() {}

  @Override
  Session make(Home home) {
    return new ForySession(home);
  }
}
