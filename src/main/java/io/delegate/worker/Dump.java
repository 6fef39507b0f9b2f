package io.delegate.worker;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Runs another JVM that makes an archive of classes, and takes it along when the parent is gone: a
 * JVM that dumps watches nobody. Started as {@code java -XX:DumpLoadedClassList=LOADED … Dump
 * PARENT LOADED LIST COMMAND…}, it first adds what children may need, too, to the list of classes.
 */
public final class Dump {
  private Dump() {}

  /**
   * Completes the list, then runs the command.
   *
   * @param args the pid of the parent, the list that this JVM writes, the one that the command
   *     reads, then the command
   * @throws IOException when it cannot be started
   * @throws InterruptedException never
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    long parent = Long.parseLong(args[0]);
    if (!ParentWatch.start(ByteBuffer.allocate(0), Self.open(), parent)) {
      return;
    }
    try {
      Rehearsal.run();
      Rehearsal.add(Path.of(args[1]), Path.of(args[2]));
    } catch (IOException | RuntimeException e) {
      // the list is good as it was
    }
    Process dump =
        new ProcessBuilder(Arrays.asList(args).subList(3, args.length))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT)
            .start();
    Runtime.getRuntime().halt(dump.waitFor()); // without a look for loggers
  }
}
