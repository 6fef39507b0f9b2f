package io.delegate.codec;

/** Kryo's sessions. */
final class KryoSessions extends Sessions {
  static final KryoSessions ALL = new KryoSessions();

  private KryoSessions() {}

  @Override
  Session make(Home home) {
    return new KryoSession(home);
  }
}
