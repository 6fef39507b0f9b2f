package io.delegate.process;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the user wants the reports on crashes. */
final class KeptReports {
  private static final Logger LOG = LoggerFactory.getLogger(KeptReports.class);

  /** So many crashes of one pid, and the directory is no longer looked after by anyone. */
  private static final int MOST_OF_ONE_PID = 1000;

  private KeptReports() {}

  /** Moves a report there, also to another file system; where it is then. */
  static Optional<Path> keep(Path report, Path directory, long pid) {
    try {
      Path place = reserve(directory, pid);
      try {
        Files.move(report, place, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        Files.deleteIfExists(place);
        throw e;
      }
      return Optional.of(place);
    } catch (IOException | RuntimeException e) {
      LOG.warn("the report on the crash of child {} is not kept in {}", pid, directory, e);
      return Optional.empty();
    }
  }

  /**
   * Pids come again, and other programs may keep theirs here: the name is taken before the move.
   */
  private static Path reserve(Path directory, long pid) throws IOException {
    for (int i = 0; ; i++) {
      String name = "hs_err_pid" + pid + (i == 0 ? "" : "-" + i) + ".log";
      try {
        return Files.createFile(directory.resolve(name));
      } catch (FileAlreadyExistsException taken) {
        if (i == MOST_OF_ONE_PID) {
          throw taken;
        }
      }
    }
  }
}
