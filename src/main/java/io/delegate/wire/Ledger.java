package io.delegate.wire;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The page of memory a child shares with its parent: who holds which item, and results that are
 * finished but not yet sent. It outlives the child, which is what makes blame exact.
 *
 * <pre>
 *             parent                     child                    child
 *   FREE ───────────────▶ QUEUED ───────────────▶ RUNNING ───────────────▶ DONE
 *    ▲                      │ compare-and-set       (result staged or sent)  │
 *    │                      ▼ by the parent                                  │
 *    └────────────────── REVOKED ◀────── the place is used anew ─────────────┘
 * </pre>
 *
 * A state word holds the item's sequence number and the state, so a late claim of an old item
 * cannot hit a new one in the same place. Layout, in the byte order of the machine:
 *
 * <pre>
 *   0    magic          8   places (int)    12  bytes of staging (int)
 *   16   characters of the scheduler's name (int)
 *   64   end of what is staged, in bytes from the start of staging
 *   72   the item during which the parent wants to know what the child's threads do
 *   128  per place: state word, {@link System#nanoTime()} of the start
 *   …    staging: whole result frames, as they will be sent
 *   …    {@link Memo}: what the running item is told, and tells, of itself
 * </pre>
 */
public final class Ledger implements AutoCloseable {
  /** The states of a place; the code is its ordinal. */
  public enum State {
    /** Never used. */
    FREE,
    /** Sent, not begun. */
    QUEUED,
    /** The child has claimed it, and loads its work or the codec. */
    LOADING,
    /** The child has claimed it, and the work runs. */
    RUNNING,
    /** Its result is staged or sent. */
    DONE,
    /** The parent took it back before it began. */
    REVOKED
  }

  /** Bytes of staging where nothing else is said: some 2,000 small results. */
  public static final int DEFAULT_STAGING = 64 << 10;

  private static final long MAGIC = 0x44454C4547415401L; // "DELEGAT", version 1
  private static final int STAGED = 64;
  private static final int DUMP = 72;
  private static final int NAME_LENGTH = 16;
  private static final int PLACES = 128;
  private static final int PLACE_SIZE = 16;
  private static final int STATE_BITS = 3;
  private static final State[] STATES = State.values();
  static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer page;

  /** Not a channel: that is closed by whoever asks its size on an interrupted thread. */
  private final @Nullable RandomAccessFile file;

  private final @Nullable Runnable unmap;
  private final int places;
  private final int stagingStart;
  private final int stagingSize;
  private final int nameLength;

  private Ledger(
      ByteBuffer page,
      @Nullable RandomAccessFile file,
      @Nullable Runnable unmap,
      int places,
      int stagingSize,
      int nameLength) {
    this.page = page;
    this.file = file;
    this.unmap = unmap;
    this.places = places;
    this.stagingStart = PLACES + places * PLACE_SIZE;
    this.stagingSize = stagingSize;
    this.nameLength = nameLength;
  }

  private static long memoAt(int places, int stagingSize) {
    return PLACES + (long) places * PLACE_SIZE + stagingSize + Long.BYTES - 1 & -Long.BYTES;
  }

  private static long size(int places, int stagingSize, int nameLength) {
    return memoAt(places, stagingSize) + Memo.NAME + nameLength * (long) Character.BYTES;
  }

  /**
   * Makes a new one for a scheduler without a name; the parent's side.
   *
   * @param file where; must not exist
   * @param places how many items may be in the child's hands
   * @param stagingSize bytes of staging
   * @return the ledger, all places free
   * @throws IOException when there is no room, or the place cannot be written
   */
  public static Ledger create(Path file, int places, int stagingSize) throws IOException {
    return create(file, places, stagingSize, "");
  }

  /**
   * Makes a new one; the parent's side.
   *
   * @param file where; must not exist
   * @param places how many items may be in the child's hands
   * @param stagingSize bytes of staging
   * @param name the scheduler's
   * @return the ledger, all places free
   * @throws IOException when there is no room, or the place cannot be written
   */
  public static Ledger create(Path file, int places, int stagingSize, String name)
      throws IOException {
    int size = Math.toIntExact(size(places, stagingSize, name.length()));
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      // written, not just sized: a full disk must fail here and not as a fault at the first access
      ByteBuffer zeros = ByteBuffer.allocate(size);
      while (zeros.hasRemaining()) {
        channel.write(zeros);
      }
      return map(channel, new RandomAccessFile(file.toFile(), "r"), places, stagingSize, name);
    }
  }

  private static Ledger map(
      FileChannel channel, RandomAccessFile file, int places, int stagingSize, String name)
      throws IOException {
    try {
      Mapping mapping = Mapping.of(channel, file.length());
      ByteBuffer page = mapping.buffer().order(ByteOrder.nativeOrder());
      page.putLong(0, MAGIC).putInt(8, places).putInt(12, stagingSize);
      page.putInt(NAME_LENGTH, name.length());
      Ledger ledger = new Ledger(page, file, mapping::close, places, stagingSize, name.length());
      ledger.memo().init(name, System.nanoTime());
      return ledger;
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /**
   * Opens the parent's; the child's side.
   *
   * @param file where it is
   * @return the ledger
   * @throws IOException when it is not there or not a ledger
   */
  public static Ledger open(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer page = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      page.order(ByteOrder.nativeOrder());
      if (page.capacity() < PLACES || page.getLong(0) != MAGIC) {
        throw new ProtocolException(file + " is no ledger of this version");
      }
      int places = page.getInt(8);
      int staging = page.getInt(12);
      int name = page.getInt(NAME_LENGTH);
      if (places < 1 || staging < 0 || name < 0 || size(places, staging, name) != page.capacity()) {
        throw new ProtocolException(file + " is a ledger of another size than it claims");
      }
      return new Ledger(page, null, null, places, staging, name);
    }
  }

  /**
   * Whether all of the page is there; the parent asks before it touches it. A child may cut its
   * file short, and memory behind the end of a file is a fault: an error that may come late, or the
   * end of this JVM. One call of the system.
   *
   * @return false once the file is shorter than it was made
   */
  public boolean isWhole() {
    try {
      return file == null || file.length() >= page.capacity();
    } catch (IOException e) {
      return true; // that says nothing of the page
    }
  }

  /**
   * How many places there are.
   *
   * @return the number
   */
  public int places() {
    return places;
  }

  private int at(int place) {
    if (place < 0 || place >= places) {
      throw new IndexOutOfBoundsException("place " + place + " of " + places);
    }
    return PLACES + place * PLACE_SIZE;
  }

  private static long word(long seq, State state) {
    return seq << STATE_BITS | state.ordinal();
  }

  /**
   * Puts an item into a place; the parent does this before it sends the frame.
   *
   * @param place the place
   * @param seq the item
   */
  public void queue(int place, long seq) {
    LONG.setRelease(page, at(place), word(seq, State.QUEUED));
  }

  /**
   * The child begins an item, unless the parent has taken it back.
   *
   * @param place the place
   * @param seq the item
   * @param now {@link System#nanoTime()}
   * @return whether it may run
   */
  public boolean claim(int place, long seq, long now) {
    return take(place, seq, now, State.RUNNING);
  }

  private boolean take(int place, long seq, long now, State state) {
    int at = at(place);
    // before the claim: who sees it must see the time too
    LONG.setRelease(page, at + Long.BYTES, now);
    return LONG.compareAndSet(page, at, word(seq, State.QUEUED), word(seq, state));
  }

  /**
   * As {@link #claim}, for an item before which its work or the codec must be loaded: on no item's
   * time.
   *
   * @param place the place
   * @param seq the item
   * @param now {@link System#nanoTime()}
   * @return whether it may run; {@link #begin} must follow
   */
  public boolean load(int place, long seq, long now) {
    return take(place, seq, now, State.LOADING);
  }

  /**
   * The item begins for which {@link #load} was called.
   *
   * @param place the place
   * @param seq the item
   * @param now {@link System#nanoTime()}
   */
  public void begin(int place, long seq, long now) {
    int at = at(place);
    LONG.setRelease(page, at + Long.BYTES, now);
    LONG.setRelease(page, at, word(seq, State.RUNNING));
  }

  /**
   * A running item is over, but for something of ours that must be loaded before its result can be
   * sent: on no item's time.
   *
   * @param place the place
   * @param seq the item
   * @param now {@link System#nanoTime()}
   */
  public void pause(int place, long seq, long now) {
    int at = at(place);
    LONG.setRelease(page, at + Long.BYTES, now);
    LONG.setRelease(page, at, word(seq, State.LOADING));
  }

  /**
   * The child has staged or sent the result. The parent may have it by now and have put the next
   * item into this place, which must stand.
   *
   * @param place the place
   * @param seq the item
   */
  public void done(int place, long seq) {
    int at = at(place);
    long done = word(seq, State.DONE);
    if (!LONG.compareAndSet(page, at, word(seq, State.RUNNING), done)) {
      boolean unused = LONG.compareAndSet(page, at, word(seq, State.LOADING), done);
    }
  }

  /**
   * The parent takes an item back, unless the child has begun it.
   *
   * @param place the place
   * @param seq the item
   * @return whether it never will run in this child
   */
  public boolean revoke(int place, long seq) {
    // read first: in interpreted code the JVM survives a fault in a read, but not in the other
    return state(place, seq) == State.QUEUED
        && LONG.compareAndSet(page, at(place), word(seq, State.QUEUED), word(seq, State.REVOKED));
  }

  /**
   * The state of an item in a place.
   *
   * @param place the place
   * @param seq the item
   * @return the state; FREE when the place holds another item or nonsense, which no honest child
   *     brings about
   */
  public State state(int place, long seq) {
    long word = (long) LONG.getAcquire(page, at(place));
    int code = (int) (word & ((1 << STATE_BITS) - 1));
    return word >>> STATE_BITS == seq && code < STATES.length ? STATES[code] : State.FREE;
  }

  /**
   * When the item in a place began.
   *
   * @param place the place
   * @return the child's {@link System#nanoTime()}; of use only while the state says LOADING or
   *     RUNNING
   */
  public long since(int place) {
    return (long) LONG.getAcquire(page, at(place) + Long.BYTES);
  }

  /**
   * The parent wants to know what the child's threads do.
   *
   * @param seq the item that is running; 0 if it does not want to know any more
   */
  public void askDump(long seq) {
    LONG.setRelease(page, DUMP, seq);
  }

  /**
   * The item during which the parent wants to know what the child's threads do.
   *
   * @return its sequence number, 0 while none was asked for
   */
  public long dumpAsked() {
    return (long) LONG.getAcquire(page, DUMP);
  }

  /**
   * What the running item is told, and tells, of itself.
   *
   * @return a view of it; each side needs one
   */
  public Memo memo() {
    return new Memo(page, (int) memoAt(places, stagingSize), nameLength);
  }

  /**
   * A view of staging for the child's writer.
   *
   * @return all of it, big-endian as frames are
   */
  public ByteBuffer staging() {
    return page.slice(stagingStart, stagingSize).order(ByteOrder.BIG_ENDIAN);
  }

  /**
   * Says how much of staging is whole; the child does this after the bytes are in.
   *
   * @param end bytes from the start of staging
   */
  public void staged(int end) {
    LONG.setRelease(page, STAGED, (long) end);
  }

  /**
   * What a dead child had finished and perhaps not sent.
   *
   * @return a copy of the staged frames
   */
  public byte[] salvage() {
    long end = (long) LONG.getAcquire(page, STAGED);
    byte[] frames = new byte[(int) Math.max(0, Math.min(end, stagingSize))];
    page.get(stagingStart, frames);
    return frames;
  }

  /**
   * Takes the mapping away. Nobody may touch the ledger during or after this.
   *
   * <p>Where the JVM offers no way to unmap at once, the garbage collector does it later.
   */
  @Override
  public void close() {
    if (unmap != null) {
      unmap.run();
    }
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        // nothing was to be written
      }
    }
  }
}
