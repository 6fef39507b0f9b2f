package io.delegate.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what was unpacked of jars that are gone or have changed, or that nobody has used for
 * long, unless a program uses it now.
 */
final class UnpackedSweep {
  private static final Logger LOG = LoggerFactory.getLogger(UnpackedSweep.class);
  private static final Duration UNUSED = Duration.ofDays(30);

  /** What a program left behind that was killed while it wrote. */
  private static final Duration DRAFTS = Duration.ofHours(1);

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{32}");

  private UnpackedSweep() {}

  static void of(Path home) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(home)) {
      for (Path directory : all) {
        String name = directory.getFileName().toString();
        if (name.startsWith(UnpackedFiles.DRAFT)) {
          if (isOlder(directory, DRAFTS)) {
            Deletion.delete(directory);
          }
        } else if (KEY.matcher(name).matches() && !Unpacked.isUsedHere(directory)) {
          sweep(directory);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} was not swept", home, e);
    }
  }

  private static void sweep(Path directory) {
    Path used = directory.resolve(Unpacked.USED);
    try {
      if (isCurrent(directory) && Files.exists(used) && !isOlder(used, UNUSED)) {
        return;
      }
      if (!Files.exists(used)) { // half of it was removed: nobody can hold a lock
        Unpacked.remove(directory);
        return;
      }
      try (FileChannel channel = FileChannel.open(used, StandardOpenOption.WRITE)) {
        if (channel.tryLock() != null) {
          Unpacked.remove(directory);
        }
      }
    } catch (IOException | OverlappingFileLockException e) { // in use, or another's
      LOG.debug("{} stays", directory, e);
    }
  }

  /** Whether the jar it was made of is still the same. */
  private static boolean isCurrent(Path directory) {
    try {
      List<String> lines = Files.readAllLines(directory.resolve(Unpacked.CONTENTS));
      String looked = lines.isEmpty() ? "" : lines.get(0);
      int end = looked.lastIndexOf('|', looked.lastIndexOf('|') - 1); // path|length|time
      return end > 0 && Fingerprint.of(Path.of(looked.substring(0, end))).equals(looked);
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  private static boolean isOlder(Path file, Duration age) throws IOException {
    return Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minus(age));
  }
}
