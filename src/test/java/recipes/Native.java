package recipes;

import io.delegate.ProcessScheduler;
import io.delegate.Task;
import java.nio.file.Path;

/** A function in C, which may crash. */
final class Native {
  private Native() {}

  static native int at(long address);

  static ProcessScheduler children(Path library, Path reports) {
    String file = library.toString();
    Task<Void> load =
        () -> {
          System.load(file);
          return null;
        };
    return ProcessScheduler.builder()
        .children(2)
        .initializer(load) // in each child; the library is never in this process
        .crashReports(reports) // the JVM's report of each crash stays there
        .build();
  }
}
