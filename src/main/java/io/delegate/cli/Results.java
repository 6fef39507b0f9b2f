package io.delegate.cli;

import io.delegate.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A directory with a file for each result: the JSON of it, named by the content of the item. A file
 * is there whole or not at all.
 */
final class Results {
  private static final OpenOption[] ANEW = {
    StandardOpenOption.CREATE,
    StandardOpenOption.TRUNCATE_EXISTING,
    StandardOpenOption.WRITE,
    LinkOption.NOFOLLOW_LINKS
  };

  private final Path directory;

  /** One for each process, for one at a time is written; with the rights that any new file has. */
  private final Path draft;

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
    draft = this.directory.resolve("." + ProcessHandle.current().pid() + ".new");
  }

  /** Writes a result, and returns the file. */
  Path write(Outcome.Success<String, String> outcome) throws IOException {
    Path file = directory.resolve(Key.of(outcome.item()) + ".json");
    try {
      String json = outcome.result() == null ? "null" : outcome.result();
      Files.write(draft, (json + "\n").getBytes(StandardCharsets.UTF_8), ANEW);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
    return file;
  }
}
