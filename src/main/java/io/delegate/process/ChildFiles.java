package io.delegate.process;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What one child has in the private directory.
 *
 * @param exitLog where its JVM writes that it exits
 * @param crashReport where its JVM writes how it crashed
 * @param scratch the directory it runs in and has its temporary files in, or null for none
 */
record ChildFiles(Path exitLog, Path crashReport, @Nullable Path scratch) {
  static ChildFiles of(PrivateDirectory directory, long number, boolean scratch) {
    return new ChildFiles(
        directory.file("exit-" + number + ".log"),
        directory.file("hs_err-" + number + ".log"),
        scratch ? directory.file("scratch-" + number) : null);
  }
}
