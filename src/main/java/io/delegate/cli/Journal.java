package io.delegate.cli;

import io.delegate.Outcome;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that says what became of which item, by content, so that a later run can go on where this
 * one ended, however it ended. A first line names the work; then one line for each outcome.
 *
 * <p>An outcome is noted when its line has been written, and never before: one that is lost between
 * the two is run again, and none is lost. A last line that was cut short counts for nothing.
 */
final class Journal implements Closeable {
  private static final String HEAD = "delegate-journal 1 ";
  private static final String SUCCESS = "success";
  private static final String NOTHING_TO_RUN = "there is nothing in it that could be run again";
  private static final Set<String> WORDS = Set.of(SUCCESS, "failure", "aborted", "timedOut");

  /** Longer than any line of it, with the name of any work. */
  private static final int LONGEST = 1 << 16;

  /** What a later run does with the items. */
  enum Mode {
    /** All are run; there must be no journal yet. */
    NEW,
    /** Those that have not succeeded are run. */
    RESUME,
    /** Those that were run, and have not succeeded, are run. */
    RETRY_FAILED
  }

  private final Path file;
  private final Mode mode;
  private final FileChannel channel;
  private final KeyCounts succeeded = new KeyCounts();
  private final KeyCounts tried = new KeyCounts();
  private final StringBuilder news = new StringBuilder();
  private long skipped;

  private Journal(Path file, Mode mode, FileChannel channel) {
    this.file = file;
    this.mode = mode;
    this.channel = channel;
  }

  /**
   * Opens it, for this process alone.
   *
   * @throws IllegalArgumentException when it cannot be that of this run
   */
  static Journal open(Path file, String work, Mode mode) {
    if (mode == Mode.RETRY_FAILED) { // what is not there is not made
      return open(file, work, mode, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    return open(
        file,
        work,
        mode,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.CREATE);
  }

  /** The same, to ask it only: the file stays as it is. */
  static Journal look(Path file, String work, Mode mode) {
    return open(file, work, mode, StandardOpenOption.READ);
  }

  private static Journal open(Path file, String work, Mode mode, StandardOpenOption... how) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, how);
      Journal journal = new Journal(file, mode, channel);
      boolean asks = how.length == 1;
      journal.lock(asks);
      journal.begin(work, asks);
      return journal;
    } catch (IOException e) {
      close(channel);
      boolean none = mode == Mode.RETRY_FAILED && e instanceof NoSuchFileException;
      throw wrong(file, none ? NOTHING_TO_RUN : "it cannot be used: " + e);
    } catch (IllegalArgumentException e) {
      close(channel);
      throw e;
    }
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // it was not used
    }
  }

  private void lock(boolean shared) throws IOException {
    try {
      if (channel.tryLock(0, Long.MAX_VALUE, shared) != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // as below
    }
    throw wrong(file, "another run uses it; wait for its end, or name another file");
  }

  private void begin(String work, boolean asks) throws IOException {
    if (channel.size() == 0) {
      if (mode == Mode.RETRY_FAILED) {
        throw wrong(file, NOTHING_TO_RUN);
      }
      if (!asks) {
        news.append(HEAD).append(work).append('\n');
        flush();
      }
      return;
    }
    if (mode == Mode.NEW) {
      throw wrong(file, "it exists; add --resume to go on with it, or name another file");
    }
    long end = read(work);
    if (!asks) {
      channel.truncate(end); // a line that was cut short
      channel.position(end);
    }
  }

  /** Where its last whole line ends. */
  private long read(String work) throws IOException {
    channel.position(0);
    // not closed: it would close the channel
    Pieces lines =
        new Pieces(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8),
            '\n',
            LONGEST);
    String head = next(lines);
    if (head == null || !head.startsWith(HEAD)) {
      throw wrong(file, "it is no journal of Delegate; name another file");
    }
    if (!head.equals(HEAD + work)) {
      throw wrong(
          file, "it is of the work " + head.substring(HEAD.length()) + "; name another file");
    }
    long end = head.getBytes(StandardCharsets.UTF_8).length + 1L;
    if (end > channel.size()) {
      throw wrong(file, "its first line is cut short; remove it, nothing else is in it");
    }
    int number = 1;
    for (String line = next(lines); line != null; line = next(lines)) {
      number++;
      long next = end + line.length() + 1L; // all of it is ASCII
      if (next > channel.size()) {
        return end;
      }
      add(line, number);
      end = next;
    }
    return end;
  }

  private @Nullable String next(Pieces lines) {
    try {
      return lines.next();
    } catch (IOException tooLong) {
      throw wrong(file, "it is no journal of Delegate; name another file");
    }
  }

  private void add(String line, int number) {
    try {
      if (line.charAt(Key.LENGTH) != ' ') {
        throw new NumberFormatException("no blank behind the key");
      }
      Key key = Key.parse(line.substring(0, Key.LENGTH));
      String word = line.substring(Key.LENGTH + 1);
      if (!WORDS.contains(word)) {
        throw new NumberFormatException("no outcome");
      }
      tried.add(key);
      if (word.equals(SUCCESS)) {
        succeeded.add(key);
      }
    } catch (NumberFormatException | IndexOutOfBoundsException damaged) {
      throw wrong(file, "line " + number + " is damaged: remove that line, or name another file");
    }
  }

  private static IllegalArgumentException wrong(Path file, String why) {
    return new IllegalArgumentException(
        "Invalid value for option '--journal': '" + file + "': " + why);
  }

  /** Whether this run leaves the item out. One that stands n times in the input has n turns. */
  synchronized boolean skips(String item) {
    if (mode == Mode.NEW) {
      return false;
    }
    Key key = Key.of(item);
    boolean skips = succeeded.take(key) || (mode == Mode.RETRY_FAILED && !tried.has(key));
    skipped += skips ? 1 : 0;
    return skips;
  }

  synchronized long skipped() {
    return skipped;
  }

  /** Notes an outcome whose line is on its way; with the next {@link #flush()} it counts. */
  void add(Outcome<String, ?> outcome) {
    news.append(Key.of(outcome.item())).append(' ').append(OutcomeJson.name(outcome)).append('\n');
  }

  /** Writes what was noted: the lines of all of it have been written. */
  void flush() throws IOException {
    if (!news.isEmpty()) {
      ByteBuffer bytes = ByteBuffer.wrap(news.toString().getBytes(StandardCharsets.UTF_8));
      news.setLength(0);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** What was noted since the last flush may never have been written: it counts for nothing. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
