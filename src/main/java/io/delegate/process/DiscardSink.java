package io.delegate.process;

enum DiscardSink implements OutputSink {
  INSTANCE;

  @Override
  public void stdout(long pid, String line) {}

  @Override
  public void stderr(long pid, String line) {}
}
