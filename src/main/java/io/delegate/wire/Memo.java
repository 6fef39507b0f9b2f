package io.delegate.wire;

import io.delegate.Child;
import io.delegate.Progress;
import java.lang.invoke.VarHandle;
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
 *   8    the item that runs again      52  which run of it that is (int)
 *   16   {@link System#nanoTime()} of the last sign of life
 *   24   version of what follows: odd while it is written
 *   32   the item     40  fraction (double)     48  characters of the note (int)
 *   56   note
 *   456  the scheduler's name
 * </pre>
 *
 * <p>What the child writes there may be anything, and is read as if it were.
 */
public final class Memo {
  private static final int PID = 0;
  private static final int AGAIN = 8;
  private static final int TICK = 16;
  private static final int VERSION = 24;
  private static final int ITEM = 32;
  private static final int FRACTION = 40;
  private static final int LENGTH = 48;
  private static final int ATTEMPT = 52;
  private static final int NOTE = 56;

  /** The size of all but the name; a constant, which a child can know without this class. */
  static final int NAME = NOTE + Child.LONGEST_NOTE * Character.BYTES;

  /** A write takes a microsecond; whoever holds one up for longer is read at the next look. */
  private static final int TRIES = 100;

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

  /** The child's: what its last write made of it. */
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
    long writing = version | 1; // the write before may have been cut short by an error
    Ledger.LONG.setOpaque(page, at + VERSION, writing);
    VarHandle.storeStoreFence();
    page.putLong(at + ITEM, seq).putDouble(at + FRACTION, fraction).putInt(at + LENGTH, length);
    for (int i = 0; i < length; i++) {
      page.putChar(at + NOTE + i * Character.BYTES, note.charAt(i));
    }
    version = writing + 1;
    Ledger.LONG.setRelease(page, at + VERSION, version);
  }

  /**
   * Tells whether anything was said since.
   *
   * @return another number after each thing that was said
   */
  public long version() {
    return (long) Ledger.LONG.getAcquire(page, at + VERSION);
  }

  /**
   * How far the child says an item is.
   *
   * @param seq the item
   * @return the latest; null where it said nothing of that item, or is just saying it
   */
  public @Nullable Said said(long seq) {
    for (int i = 0; i < TRIES; i++) {
      long before = version();
      if ((before & 1) == 0) {
        long item = page.getLong(at + ITEM);
        double fraction = page.getDouble(at + FRACTION);
        int length = Math.max(0, Math.min(page.getInt(at + LENGTH), Child.LONGEST_NOTE));
        char[] note = new char[length];
        for (int c = 0; c < length; c++) {
          note[c] = page.getChar(at + NOTE + c * Character.BYTES);
        }
        VarHandle.loadLoadFence();
        if ((long) Ledger.LONG.getOpaque(page, at + VERSION) == before) {
          return before == 0 || item != seq
              ? null
              : new Said(before, new Progress(known(fraction), line(note)));
        }
      }
      Thread.onSpinWait();
    }
    return null;
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
