package io.delegate.cli;

import io.delegate.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A directory with a file for each result: the JSON of it, named by the content of the item. A file
 * is there whole or not at all.
 */
final class Results {
  private final Path directory;

  /**
   * Makes the directory.
   *
   * @throws IllegalArgumentException when that cannot be
   */
  Results(Path directory) {
    try {
      this.directory = Files.createDirectories(directory);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Invalid value for option '--results': '" + directory + "': it cannot be made: " + e, e);
    }
  }

  /** Writes a result, and returns the file. */
  Path write(Outcome.Success<String, String> outcome) throws IOException {
    Path file = directory.resolve(Key.of(outcome.item()) + ".json");
    Path draft = Files.createTempFile(directory, ".", ".new");
    try {
      String json = outcome.result() == null ? "null" : outcome.result();
      Files.write(draft, (json + "\n").getBytes(StandardCharsets.UTF_8));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
    return file;
  }
}
