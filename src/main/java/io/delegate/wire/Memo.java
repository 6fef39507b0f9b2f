package io.delegate.wire;

import io.delegate.Child;
import io.delegate.Progress;
import java.nio.ByteBuffer;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The end of a {@link Ledger}: what a running item may know of itself, which costs nothing unless
 * it asks, and how far it says it is, which costs the child some writes to memory however often it
 * is said. The parent looks when it likes; only the latest counts. Layout from its start:
 *
 * <pre>
 *   0    the child's pid
 *   8    the item that runs again
 *   16   {@link System#nanoTime()} of the last sign of life
 *   24   pair of the record written last       32   pair the parent reads
 *   40   record written last in pair 0         48   in pair 1
 *   56   which run that is of the item that runs again (int)
 *   64   pair 0: two records                   928  pair 1: two records
 *   1792 the scheduler's name
 *
 * of a record
 *   0    version, another one each time        8    the item
 *   16   fraction (double)                     24   characters of the note (int)
 *   32   note
 * </pre>
 *
 * <p>A child may write without a pause, and die in the middle of it. With four records neither side
 * ever waits for the other or begins anew, and the last that was written whole is there: H. R.
 * Simpson, "Four-slot fully asynchronous communication mechanism", IEE Proceedings 137 E, 1990.
 *
 * <p>What the child writes there may be anything, and is read as if it were.
 */
public final class Memo {
  private static final int PID = 0;
  private static final int AGAIN = 8;
  private static final int TICK = 16;
  private static final int WRITTEN = 24;
  private static final int READ = 32;
  private static final int WRITTEN_IN = 40;
  private static final int ATTEMPT = 56;
  private static final int RECORDS = 64;

  // of a record
  private static final int VERSION = 0;
  private static final int ITEM = 8;
  private static final int FRACTION = 16;
  private static final int LENGTH = 24;
  private static final int NOTE = 32;
  private static final int RECORD_SIZE = NOTE + Child.LONGEST_NOTE * Character.BYTES;

  /** The size of all but the name; a constant, which a child can know without this class. */
  static final int NAME = RECORDS + 4 * RECORD_SIZE;

  /**
   * What was said.
   *
   * @param version another number for each
   * @param progress how far the item is
   */
  public record Said(long version, Progress progress) {}

  private final ByteBuffer page;
  private final int at;
  private final int nameLength;

  /** The child's: that of its last write. */
  private long version;

  Memo(ByteBuffer page, int at, int nameLength) {
    this.page = page;
    this.at = at;
    this.nameLength = nameLength;
  }

  void init(String name, long now) {
    for (int i = 0; i < nameLength; i++) {
      page.putChar(at + NAME + i * Character.BYTES, name.charAt(i));
    }
    page.putLong(at + TICK, now);
  }

  /**
   * The parent tells the child which process it is.
   *
   * @param pid its pid, as outcomes have it
   */
  public void pid(long pid) {
    if (pid() != pid) { // read first, as in Ledger.revoke
      Ledger.LONG.setRelease(page, at + PID, pid);
    }
  }

  /**
   * The process.
   *
   * @return its pid
   */
  public long pid() {
    return (long) Ledger.LONG.getAcquire(page, at + PID);
  }

  /**
   * The parent says that an item runs again; before it sends it.
   *
   * @param seq the item
   * @param attempt which run of it this is
   */
  public void again(long seq, int attempt) {
    page.putInt(at + ATTEMPT, attempt);
    Ledger.LONG.setRelease(page, at + AGAIN, seq);
  }

  /**
   * Which run of an item this is.
   *
   * @param seq the item
   * @return 1 unless the parent has said otherwise
   */
  public int attempt(long seq) {
    return (long) Ledger.LONG.getAcquire(page, at + AGAIN) == seq ? page.getInt(at + ATTEMPT) : 1;
  }

  /**
   * The scheduler's name.
   *
   * @return what the parent calls it
   */
  public String name() {
    char[] name = new char[nameLength];
    for (int i = 0; i < nameLength; i++) {
      name[i] = page.getChar(at + NAME + i * Character.BYTES);
    }
    return new String(name);
  }

  /**
   * The child gives a sign of life.
   *
   * @param now {@link System#nanoTime()}
   */
  public void tick(long now) {
    Ledger.LONG.setRelease(page, at + TICK, now);
  }

  /**
   * When the child gave its last sign of life.
   *
   * @return its {@link System#nanoTime()}; that of the parent at the making of the ledger where it
   *     gave none
   */
  public long ticked() {
    return (long) Ledger.LONG.getAcquire(page, at + TICK);
  }

  /**
   * The child says how far its item is; one thread at a time.
   *
   * @param seq the item
   * @param fraction any number
   * @param note cut where it is too long
   */
  public void say(long seq, double fraction, String note) {
    int length = told(note);
    int pair = 1 - bit(READ);
    int record = 1 - bit(writtenIn(pair));
    int to = record(pair, record);
    page.putLong(to + VERSION, ++version).putLong(to + ITEM, seq);
    page.putDouble(to + FRACTION, fraction).putInt(to + LENGTH, length);
    for (int i = 0; i < length; i++) {
      page.putChar(to + NOTE + i * Character.BYTES, note.charAt(i));
    }
    Ledger.LONG.setVolatile(page, at + writtenIn(pair), record);
    Ledger.LONG.setVolatile(page, at + WRITTEN, pair);
  }

  /**
   * Tells whether anything was said since.
   *
   * @return another number after each thing that was said
   */
  public long version() {
    return (long) Ledger.LONG.getAcquire(page, latestOf(bit(WRITTEN)) + VERSION);
  }

  /**
   * How far the child says an item is; the parent's, one thread at a time.
   *
   * @param seq the item
   * @return the latest; null where that is of another item, or there is none
   */
  public @Nullable Said said(long seq) {
    int pair = bit(WRITTEN);
    if (bit(READ) != pair) { // read first, as in Ledger.revoke
      Ledger.LONG.setVolatile(page, at + READ, pair);
    }
    int from = latestOf(pair);
    long said = page.getLong(from + VERSION);
    if (said == 0 || page.getLong(from + ITEM) != seq) {
      return null;
    }
    int length = Math.max(0, Math.min(page.getInt(from + LENGTH), Child.LONGEST_NOTE));
    char[] note = new char[length];
    for (int c = 0; c < length; c++) {
      note[c] = page.getChar(from + NOTE + c * Character.BYTES);
    }
    return new Said(said, new Progress(known(page.getDouble(from + FRACTION)), line(note)));
  }

  /** Of a word that says one of two; the other side may have written anything. */
  private int bit(int word) {
    return (int) (long) Ledger.LONG.getVolatile(page, at + word) & 1;
  }

  private static int writtenIn(int pair) {
    return WRITTEN_IN + pair * Long.BYTES;
  }

  private int record(int pair, int record) {
    return at + RECORDS + (2 * pair + record) * RECORD_SIZE;
  }

  private int latestOf(int pair) {
    return record(pair, bit(writtenIn(pair)));
  }

  /**
   * What is told of something a work says, without a child.
   *
   * @param fraction any number
   * @param note cut where it is too long
   * @return as {@link #said} has it
   */
  public static Progress progress(double fraction, String note) {
    return new Progress(known(fraction), line(note.substring(0, told(note)).toCharArray()));
  }

  /** How many characters of it: no half of a pair. */
  private static int told(String note) {
    int length = Math.min(note.length(), Child.LONGEST_NOTE);
    boolean cut = length < note.length() && Character.isHighSurrogate(note.charAt(length - 1));
    return cut ? length - 1 : length;
  }

  private static OptionalDouble known(double fraction) {
    return Double.isNaN(fraction)
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(0, Math.min(1, fraction)));
  }

  /** One line, of whole characters, that turns nothing of what stands beside it. */
  private static String line(char[] note) {
    for (int i = 0; i < note.length; i++) {
      char c = note[i];
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < note.length
              && Character.isLowSurrogate(note[i + 1]);
      if (pair) {
        i++;
      } else {
        note[i] =
            switch (Character.getType(c)) {
              case Character.CONTROL,
                  Character.FORMAT,
                  Character.LINE_SEPARATOR,
                  Character.PARAGRAPH_SEPARATOR ->
                  ' ';
              case Character.SURROGATE -> '\ufffd';
              default -> c;
            };
      }
    }
    return new String(note);
  }
}
