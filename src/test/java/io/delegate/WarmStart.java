package io.delegate;

import java.nio.file.Path;
import java.util.List;
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
      make(ChildClassPath.PACKED);
    }
  }

  private static void make(List<Path> classPath) {
    try (ProcessScheduler scheduler =
        ProcessScheduler.builder()
            .children(1)
            .classPath(classPath)
            .output(Output.DISCARD)
            .build()) {
      scheduler.submit(Rehearsal.LOAD, 1).block().orElseThrow();
      Boolean made = scheduler.makeClassArchive().block();
      System.out.println("class archive for the children: " + made);
    }
  }
}
