package io.delegate;

import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.conformance.Cargo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Makes the archives that most children of the tests start from, before the first test: some two
 * thousand children start faster for it. Only where the build says so.
 */
public final class WarmStart implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (Boolean.getBoolean("delegate.warm")) {
      make(List.of());
      make(ChildClassPath.SMALL);
    }
  }

  private static void make(List<Path> classPath) {
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder()
            .children(1)
            .classPath(classPath)
            .output(Output.DISCARD)
            .build()) {
      scheduler.submit((Integer i) -> i, 1).block();
      scheduler.submit((Cargo.Point p) -> p, new Cargo.Point(1, 2)).block();
      scheduler.submit((Integer i) -> List.of(i, "a"), 1).block();
      scheduler.submit(WarmStart::rehearse, 1).block();
      scheduler.submit(WarmStart::fail, 1).block();
      Boolean made = scheduler.makeClassArchive().block();
      System.out.println("class archive for the children: " + made);
    }
  }

  /** In the child: what it loads here is in the archive, whatever works and codecs come later. */
  private static int rehearse(int i) throws IOException, ClassNotFoundException {
    ClassLoader loader = WarmStart.class.getClassLoader();
    for (Codec codec : List.of(new JdkCodec(), new FstCodec())) {
      for (Object value :
          List.of(
              new Cargo.Point(1, 2),
              new ArrayList<>(List.of(i, "a")),
              new LinkedHashMap<>(Map.of("a", i)),
              new IllegalStateException("rehearsed", new IOException()))) {
        byte[] bytes = codec.encode(value);
        codec.decode(bytes, 0, bytes.length, loader);
      }
    }
    System.out.println(i);
    System.err.println(i);
    return i;
  }

  private static int fail(int i) throws IOException {
    throw new IOException("rehearsed " + i);
  }
}
