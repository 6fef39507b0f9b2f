package io.delegate.worker;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Runs another JVM that makes an archive of classes, and takes it along when the parent is gone: a
 * JVM that dumps watches nobody. Started as {@code java … Dump PARENT COMMAND…}.
 */
public final class Dump {
  private Dump() {}

  /**
   * Runs the command.
   *
   * @param args the pid of the parent, then the command
   * @throws IOException when it cannot be started
   * @throws InterruptedException never
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    long parent = Long.parseLong(args[0]);
    if (!ParentWatch.start(ByteBuffer.allocate(0), Self.open(), parent)) {
      return;
    }
    Process dump =
        new ProcessBuilder(Arrays.asList(args).subList(1, args.length))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT)
            .start();
    Runtime.getRuntime().halt(dump.waitFor()); // without a look for loggers
  }
}
