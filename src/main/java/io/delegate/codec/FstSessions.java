package io.delegate.codec;

/** FST's sessions: its spin locks never meet a second thread. */
final class FstSessions extends Sessions {
  static final FstSessions ALL = new FstSessions();

  private FstSessions() {}

  @Override
  Session make(Home home) {
    return new FstSession(home);
  }
}
