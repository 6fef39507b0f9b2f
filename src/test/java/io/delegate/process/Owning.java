package io.delegate.process;

import java.util.List;

/** A JVM that owns a private directory and a child, and then ends in the way it is told. */
final class Owning {
  private Owning() {}

  /** Takes: the word {@code own}, a shell command for the child, how to end. */
  @SuppressWarnings("try")
  static void run(String[] args) throws Exception {
    PrivateDirectory directory = PrivateDirectory.create();
    System.out.println("directory " + directory.path());
    OutputSink print =
        new OutputSink() {
          @Override
          public void stdout(long pid, String line) {
            System.out.println(line);
          }

          @Override
          public void stderr(long pid, String line) {
            System.err.println(line);
          }
        };
    ChildProcess child =
        new Launcher(directory)
            .start(
                Children.spec().with(s -> s.scratch = true).build(),
                List.of("shell", args[1]),
                new byte[0],
                print);
    System.out.println("child " + child.pid());
    switch (args[2]) {
      case "wait" -> Kid.awaitEnd();
      case "exit" -> {
        System.in.read();
        System.exit(0);
      }
      case "throw" -> {
        System.in.read();
        throw new IllegalStateException("uncaught");
      }
      default -> throw new IllegalArgumentException(args[2]);
    }
  }
}
