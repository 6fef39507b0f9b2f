package io.delegate.process;

enum InheritSink implements OutputSink {
  INSTANCE;

  @Override
  public void stdout(long pid, String line) {
    System.out.println(line);
  }

  @Override
  public void stderr(long pid, String line) {
    System.err.println(line);
  }
}
