package io.delegate.engine;

import io.delegate.Death;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Progress;
import io.delegate.Trust;
import io.delegate.codec.Codecs;
import io.delegate.process.ChildProcess;
import io.delegate.process.LaunchSpec;
import io.delegate.process.Launcher;
import io.delegate.process.OutputSink;
import io.delegate.wire.ContextFrame;
import io.delegate.wire.Frame;
import io.delegate.wire.Hello;
import io.delegate.wire.ItemFrame;
import io.delegate.wire.Ledger;
import io.delegate.wire.Memo;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.Welcome;
import io.delegate.wire.WorkFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One child, from the wish for it to its burial: its process, its channel, its ledger, and the
 * items in its hands.
 *
 * <p>The fields are changed in the pool's drain only; the {@code on…} methods come from other
 * threads and do no more than post to it.
 */
final class Child {
  private static final AtomicLong COUNT = new AtomicLong();

  /** Gathered more than that, frames are sent before the end of the drain. */
  private static final int FLUSH_BYTES = 1 << 20;

  /** What an item adds to the work in hand if it is one of many. */
  private static final long SMALL = Pace.AMOUNT / 16;

  /** Memory of that size is pooled. */
  private static final int SLICE = 128 << 10;

  /** One call can be given 1,024 pieces; of more, Netty makes one copy in one piece first. */
  private static final int SLICES = 1_000;

  /** What ends a context. */
  private static final byte[] NO_CONTEXT = new ContextFrame(Map.of()).toFrame().array();

  private static final int LEAST_OUT = 512;
  private static final int MOST_OUT = 32 << 10;

  private static final String OWN_PID = Long.toString(ProcessHandle.current().pid());

  /** How long the end of the channel may lag behind the end of the process tree. */
  private static final long DRAIN_MILLIS = 2_000;

  /** How long the end of a process may lag behind the end of its channel. */
  private static final long EXIT_MILLIS = 2_000;

  private final Pool pool;
  private final Options options;
  private final Slot slot;
  private final boolean large;
  private final long number = COUNT.incrementAndGet();

  private @Nullable Gateway gateway;
  private byte @Nullable [] token;
  private @Nullable ChildProcess process;
  private @Nullable Connection connection;
  private @Nullable Ledger ledger;
  private @Nullable Memo memo;
  private @Nullable Path ledgerFile;

  /** Until it is sent. */
  private @Nullable WorkFrame initializer;

  private @Nullable Throwable startError;
  private boolean launching = true;
  private boolean killWanted;
  private boolean helloOk;
  private long claimedPid;
  private long skew;
  private boolean streamEnded;
  private @Nullable Future<?> lateClose;

  final ArrayDeque<Handed> hands = new ArrayDeque<>();
  private final Set<Integer> works = new HashSet<>();
  private final ClassRights rights;
  private CompletableFuture<Void> deskClosed = CompletableFuture.completedFuture(null);
  private final int[] freePlaces;
  private int free;
  private int inHand;
  private long cost;

  /**
   * Whether it gets more until it is full. One that has many small items in hand gets none before
   * half of them are done: many together cost less than one now and one then.
   */
  private boolean filling = true;

  private long lastSeq;

  /**
   * The newest item it was sent, and how often it was asked for a dump: for the channel's check.
   */
  private volatile long sentSeq;

  private volatile int dumpsAsked;

  private volatile boolean resultsLost;

  /** Its ledger cannot be read any more. */
  private boolean ledgerDamaged;

  /** Its channel ended long before it did. */
  private boolean closedChannel;

  private @Nullable ByteBuf out;

  /** The value of a large item, which comes last of what is gathered. */
  private @Nullable CompositeByteBuf end;

  /** The item that room was made for. */
  private @Nullable Handed next;

  /** All of that, at the place where it is written next. */
  private @Nullable ByteBuffer view;

  /** Bytes that were sent last: as much is set aside for the next. */
  private int usualOut = LEAST_OUT;

  /** The work of the item that was handed last, which the child has; 0 for none. */
  private int lastWork;

  /** What the items that follow take along as far as the child knows; null for nothing. */
  private byte @Nullable [] lastContext;

  @Nullable Verdict verdict;

  /** Why it will be killed, once it has told what its threads do. */
  @Nullable Verdict condemned;

  /** What its threads did just before it was killed for time. */
  String threadDump = "";

  final long startedAt = System.nanoTime();

  /** Since when it has items in hand, or 0; and how long it had before that. */
  private long busySince;

  private long busyNanos;
  boolean up;
  long upAt;
  long idleSince;
  long askedAt;
  long served;

  /** It is to be replaced, and is given no more items. */
  boolean worn;

  /** It is to be replaced, but serves until another is up. */
  boolean aged;

  /** Since when it is worn, or will be soon; 0 while it is not. */
  long wearingAt;

  /** Why it is asked to go, or will be when it has nothing in hand. */
  @Nullable ExitReason wish;

  /** It took the place of one that was worn. */
  boolean isHeir;

  /** It runs an item again, and nothing beside it. */
  boolean alone;

  /** Its oldest item, where that runs for long: it is given no other until this is answered. */
  @Nullable Handed stalledOn;

  /** When its memory was last looked at between items, and what it was then. */
  long memoryAt;

  long memoryBefore;

  /** The item during which it was found too large, and when that was. */
  @Nullable Handed largeDuring;

  long largeAt;

  /** When its oldest item became the oldest. */
  long headAt;

  /** Its oldest item when it was found to say nothing, and when that was. */
  @Nullable Handed silentOn;

  long silentAt;

  /** When it was found not to be up in time by a parent that was late itself; 0 if never. */
  long lateAt;

  /** What was told last of how far an item is, by its version, and when. */
  private long saidBefore;

  long progressAt = startedAt;

  /** The sign of life from which its silence was counted last. */
  long heardOf;

  /** By a clock that is not ours: the last sign of life that was seen, and when. */
  long tickSeen;

  long tickSeenAt;

  private @Nullable Death death;

  /** By the limits' clock: when its oldest item became the oldest, for clocks that are not ours. */
  long headSince;

  /** {@code large}: with the heap for items that had too little before. */
  Child(Pool pool, Options options, Slot slot, boolean large) {
    this.large = large;
    this.pool = pool;
    this.options = options;
    this.slot = slot;
    this.rights = new ClassRights(pool.works().loaders(), options.trust() == Trust.TRUSTED);
    this.freePlaces = new int[options.places()];
    for (int i = 0; i < freePlaces.length; i++) {
      freePlaces[free++] = freePlaces.length - 1 - i;
    }
  }

  Slot slot() {
    return slot;
  }

  long pid() {
    return process == null ? 0 : process.pid();
  }

  @Nullable Launcher launcher() {
    return gateway == null ? null : gateway.launcher();
  }

  /** For its archive of classes: one that crashes after that has another reason. */
  void isReady() {
    if (process != null) {
      process.ready();
    }
  }

  /** It has items in hand, or has not. */
  void busy(boolean busy) {
    if (busy && busySince == 0) {
      busySince = System.nanoTime() | 1;
    } else if (!busy) {
      busyNanos = busyNanos();
      busySince = 0;
    }
    if (process != null) {
      process.busy(busy);
    }
  }

  /** How long it has had items in hand. */
  long busyNanos() {
    return busyNanos + (busySince == 0 ? 0 : System.nanoTime() - busySince);
  }

  /** For the archive of classes that is made of what it has loaded by now. */
  void hasServed() {
    if (process != null) {
      process.served();
    }
  }

  /** Bytes of memory its process has now, as far as known. */
  long resident() {
    return Wear.resident(pid());
  }

  /** Items in hand that were not taken back. */
  int inHand() {
    return inHand;
  }

  int freePlaces() {
    return free;
  }

  /** It was given nothing yet. */
  boolean isFresh() {
    return lastSeq == 0 && !worn;
  }

  boolean large() {
    return large;
  }

  boolean mayGo() {
    return worn || aged;
  }

  /** Whether it may be given items. */
  boolean isOpen() {
    return free > 0 && hasTime() && condemned == null && !worn && !(alone && !hands.isEmpty());
  }

  private boolean hasTime() {
    return !options.follows() || (cost < Pace.AMOUNT && filling && stalledOn == null);
  }

  long sentSeq() {
    return sentSeq;
  }

  int dumpsAsked() {
    return dumpsAsked;
  }

  int frameLimit() {
    return options.maxFrame();
  }

  // ---- start

  void start() {
    try {
      Threads.BLOCKING.execute(this::launch);
    } catch (Throwable noThread) { // not here: a fork blocks
      pool.post(() -> launched(new Launched(null, null, null, null, null, null, noThread)));
    }
  }

  /** Blocks: binds the gateway if it is the first, writes the ledger, forks. */
  private void launch() {
    Gateway g = null;
    Ledger l = null;
    Path file = null;
    byte[] secret = null;
    ChildProcess p = null;
    try {
      // here, where it may block: it runs the user's code, and may be refused
      WorkFrame first =
          options.initializer() == null ? null : pool.works().initializer(options.initializer());
      g = Gateway.acquire();
      file = g.file("l" + number);
      l = Ledger.create(file, options.places(), Ledger.DEFAULT_STAGING, options.name());
      secret = g.expect(this);
      p =
          g.launcher()
              .start(
                  launchSpec(),
                  List.of(g.address(), file.toString(), OWN_PID, g.selectorProvider()),
                  secret,
                  OutputSink.of(options.output()));
      Launched launched = new Launched(g, l, file, secret, p, first, null);
      Living.started(pool, p);
      p.onExit()
          .whenComplete(
              (code, e) -> pool.post(() -> pool.fire(slot, this, new SlotState.Event.Exited<>())));
      pool.post(() -> launched(launched));
    } catch (Throwable e) {
      if (p != null) { // no memory for what follows its start
        Living.gone(p);
        var unused = p.killTree();
      }
      Launched failed = new Launched(g, l, file, secret, null, null, e);
      pool.post(() -> launched(failed));
    }
  }

  private LaunchSpec launchSpec() {
    return large && options.retryHeap() != null
        ? options.launch().withHeap(options.retryHeap())
        : options.launch();
  }

  private record Launched(
      @Nullable Gateway gateway,
      @Nullable Ledger ledger,
      @Nullable Path file,
      byte @Nullable [] token,
      @Nullable ChildProcess process,
      @Nullable WorkFrame initializer,
      @Nullable Throwable error) {}

  private void launched(Launched l) {
    launching = false;
    gateway = l.gateway();
    ledger = l.ledger();
    ledgerFile = l.file();
    token = l.token();
    process = l.process();
    initializer = l.initializer();
    startError = l.error();
    if (process == null && !killWanted) {
      pool.fire(slot, this, new SlotState.Event.Exited<>()); // which leads to kill()
    } else if (killWanted) {
      kill();
    } else {
      meet();
    }
  }

  void onHello(Connection from, Hello hello, long clockDifference) {
    pool.post(
        () -> {
          if (connection != null || isGone()) {
            from.close();
            return;
          }
          connection = from;
          claimedPid = hello.pid();
          // one clock on one machine: it said so after its start and before now. Only a system with
          // a clock per process shows anything else
          boolean one = hello.nanos() - startedAt >= 0 && clockDifference >= 0;
          skew = one ? 0 : clockDifference;
          meet();
        });
  }

  /** The process and the connection may come in any order. */
  private void meet() {
    if (process == null || connection == null || helloOk) {
      return;
    }
    long peer = connection.peerPid();
    long expected = process.pid();
    if (!options.wrapped() && (claimedPid != expected || (peer != 0 && peer != expected))) {
      verdict =
          Verdict.of(
              Verdict.Reason.PROTOCOL,
              "pid " + (peer == 0 ? claimedPid : peer) + " said it was child " + expected);
      pool.fire(slot, this, new SlotState.Event.Kill<>());
      return;
    }
    helloOk = true;
    tellPid(expected);
    WorkFrame task = initializer;
    initializer = null;
    connection.send(
        Unpooled.wrappedBuffer(
            new Welcome(
                    options.maxFrame(),
                    task != null,
                    process.marking(),
                    Codecs.inChild(options.codec()))
                .toFrame()));
    if (task != null) {
      grant(task);
      connection.send(Unpooled.wrappedBuffer(task.toFrame(Frame.Type.INIT)));
    }
  }

  /** What it may ask for from now on. */
  private void grant(WorkFrame frame) {
    rights.grant(frame.id(), frame.servedBy(), options.wrapped() ? 0 : pid());
  }

  ClassRights rights() {
    return rights;
  }

  /** Before it is welcome: all that it runs may ask. */
  private void tellPid(long pid) {
    checkLedger();
    try {
      if (!ledgerDamaged) {
        memo().pid(pid);
      }
    } catch (InternalError e) {
      faulted();
    }
  }

  void onReady() {
    pool.post(
        () -> {
          if (helloOk) {
            hideLedger();
            pool.ready(this);
          }
        });
  }

  /**
   * Both sides have it open; without a name nobody else can damage it, and nothing is left of it.
   */
  private void hideLedger() {
    Path file = ledgerFile;
    if (file != null) {
      ledgerFile = null;
      Threads.run(() -> delete(file));
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // goes with the directory
    }
  }

  // ---- items

  /** Memory for what an item takes on the channel; where there is none, nothing has happened. */
  void makeRoom(Flight flight) {
    dropEnd();
    if (out == null) {
      checkLedger(); // not for each of a window: the call would take longer than the rest
    }
    int work = flight.work.id();
    if (work != lastWork) {
      if (!works.contains(work)) {
        ByteBuffer frame = flight.work.frame().toFrame(Frame.Type.WORK);
        room(frame.remaining()).put(frame);
        works.add(work);
        grant(flight.work.frame());
      }
      lastWork = work;
    }
    byte[] context = flight.context();
    if (context != lastContext) { // the same for many, or null for all
      byte[] frame = context == null ? NO_CONTEXT : context;
      room(frame.length).put(frame);
      lastContext = context;
    }
    byte[] large = flight.large();
    room(Frame.HEADER + ItemFrame.FIXED + (large == null ? flight.size : 0));
    Handed handed = new Handed(lastSeq + 1, freePlaces[free - 1], flight);
    try {
      hands.addLast(handed);
    } finally {
      hands.pollLast(); // without memory to grow it counts as empty, until that one is out again
    }
    end = large == null ? null : sliced(large);
    next = handed;
  }

  /** What room was made for is not handed over. */
  void dropEnd() {
    next = null;
    if (end != null) {
      end.release();
      end = null;
    }
  }

  /** A copy in pieces of memory that is pooled, which one of its length would not be. */
  private static CompositeByteBuf sliced(byte[] bytes) {
    int slice = Math.max(SLICE, bytes.length / SLICES + 1);
    CompositeByteBuf all = ByteBufAllocator.DEFAULT.compositeDirectBuffer(Integer.MAX_VALUE);
    try {
      for (int at = 0; at < bytes.length; at += slice) {
        int length = Math.min(slice, bytes.length - at);
        ByteBuf part = ByteBufAllocator.DEFAULT.directBuffer(length);
        all.addComponent(true, part.writeBytes(bytes, at, length));
      }
      return all;
    } catch (Throwable e) {
      all.release();
      throw e;
    }
  }

  /**
   * Hands an item over, after {@link #makeRoom}: into the ledger, then onto the channel at the end
   * of the drain.
   */
  void hand(Flight flight) {
    if (ledgerDamaged) {
      throw new IllegalStateException("the ledger is damaged");
    }
    Handed handed = Objects.requireNonNull(next);
    next = null; // it leads to its stream, which may end before another comes
    if (flight.attempts > 0) {
      memo().again(handed.seq, flight.attempts + 1);
    }
    page().queue(handed.place, handed.seq);
    lastSeq++;
    free--;
    ByteBuffer to = room(Frame.HEADER + ItemFrame.FIXED + (end == null ? flight.size : 0));
    ItemFrame.put(to, handed.seq, handed.place, flight.work.id(), flight.size);
    if (end == null) {
      flight.put(to);
    }
    hands.addLast(handed);
    inHand++;
    cost += handed.cost;
    if (cost >= Pace.AMOUNT && handed.cost <= SMALL) {
      filling = false;
    }
    if (end != null || to.position() > FLUSH_BYTES) {
      flush();
    }
  }

  /** Where to write that many bytes for the channel. */
  private ByteBuffer room(int bytes) {
    ByteBuffer to = view;
    if (to == null || to.remaining() < bytes) {
      to = grow(bytes);
      view = to;
    }
    return to;
  }

  private ByteBuffer grow(int bytes) {
    ByteBuf all = out;
    if (all == null) {
      all = ByteBufAllocator.DEFAULT.buffer(Math.max(bytes, usualOut));
      out = all;
    } else if (view != null) {
      all.writerIndex(view.position());
      view = null; // it may be that of memory which is given back now
    }
    all.ensureWritable(bytes);
    return all.nioBuffer(0, all.capacity()).position(all.writerIndex());
  }

  void forget(int work) {
    if (works.remove(work)) {
      lastWork = 0;
      rights.forget(work);
      ByteBuffer to = room(Frame.HEADER + Integer.BYTES);
      Frame.putHeader(to, Frame.Type.FORGET, Integer.BYTES);
      to.putInt(work);
    }
  }

  /** Sends what this drain has gathered. */
  void flush() {
    if (out != null) {
      ByteBuf gathered = out;
      int bytes = view == null ? gathered.writerIndex() : view.position();
      out = null;
      view = null;
      usualOut = Math.max(LEAST_OUT, Math.min(MOST_OUT, bytes));
      sentSeq = lastSeq;
      if (connection == null || bytes == 0) {
        gathered.release();
        return;
      }
      ByteBuf whole = gathered.writerIndex(bytes);
      if (end != null) {
        whole = end.addComponent(true, 0, whole); // one message: it is sent as a whole, or not
        end = null;
      }
      pool.meter().sent(whole.readableBytes());
      connection.send(whole);
    }
  }

  void onResults(byte[] batch) {
    pool.post(() -> pool.results(this, batch));
  }

  /** A result frame up to the value, and a value that is a {@code byte[]}. */
  void onBytes(byte[] frame, byte[] bytes) {
    pool.post(() -> pool.bytes(this, frame, bytes));
  }

  void onProtocolError(ProtocolException e) {
    pool.post(() -> pool.broke(this, e.getMessage()));
  }

  void onStreamEnd() {
    pool.post(this::streamEnd);
  }

  private void streamEnd() {
    streamEnded = true;
    if (lateClose != null) {
      lateClose.cancel(false);
    }
    ChildProcess dying = process;
    if (slot.upChild() != this || dying == null || !dying.isAlive()) {
      tellStreamEnd();
      return;
    }
    // The kernel closes a dying process's files before it is dead. A kill in between would pass for
    // the reason of its end.
    CompletableFuture<Integer> exit = dying.onExit();
    Future<?> late =
        Threads.TIMER.schedule(() -> exit.complete(-1), EXIT_MILLIS, TimeUnit.MILLISECONDS);
    exit.whenComplete(
        (code, e) -> {
          late.cancel(false);
          pool.post(
              () -> {
                closedChannel = dying.isAlive();
                tellStreamEnd();
              });
        });
  }

  private void tellStreamEnd() {
    pool.fire(slot, this, new SlotState.Event.StreamEnded<>());
  }

  /** What its threads do, told twice: at once, and with what they wait for, which takes longer. */
  void onDump(long seq, String text) {
    pool.post(
        () -> {
          Verdict v = condemned;
          if (v != null && v.suspect() != null && v.suspect().seq == seq) {
            boolean second = !threadDump.isEmpty();
            threadDump = text;
            // one that was silent has all of the time to speak
            if (second && v.which() != Outcome.Limit.SILENCE) {
              pool.dispatcher().executeLate(this, v);
            }
          }
        });
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // in the drain only
  void askDump(Handed suspect) {
    threadDump = ""; // of an item that ended in time after all
    dumpsAsked++;
    checkLedger();
    try {
      if (!ledgerDamaged) {
        page().askDump(suspect.seq);
      }
    } catch (InternalError e) {
      faulted();
    }
  }

  /** Its item goes on: whoever asks again of the same item is to be told anew. */
  void askNoDump() {
    checkLedger();
    try {
      if (!ledgerDamaged) {
        page().askDump(0);
      }
    } catch (InternalError e) {
      faulted();
    }
  }

  /** This JVM could not read what it sent, though it may have sent the right things. */
  void onLost(Throwable why) {
    resultsLost = true; // first: the rest needs memory
    pool.post(
        () -> {
          if (verdict == null) {
            verdict =
                Verdict.of(Verdict.Reason.PROTOCOL, "its results could not be read here: " + why);
          }
        });
  }

  /** The same, of what has come already. */
  void lost() {
    resultsLost = true;
  }

  boolean resultsLost() {
    return resultsLost;
  }

  /** It broke the rules: what it says is not listened to any more. */
  void deafen() {
    var unused = rights.close();
    if (connection != null) {
      connection.deafen();
    }
  }

  /** The oldest item in hand was answered; its place is free. */
  Handed answered() {
    Handed handed = hands.removeFirst();
    if (condemned != null && condemned.suspect() == handed) {
      condemned = null; // it ended in time after all
    }
    alone = false;
    freePlaces[free++] = handed.place;
    if (stalledOn == handed) {
      stalledOn = null;
    }
    if (handed.flight != null) {
      noLongerInHand(handed);
    }
    return handed;
  }

  /** The item that runs now, or null between two items. */
  @Nullable Handed running() {
    checkLedger();
    for (Handed handed : hands) {
      switch (stateOf(handed)) {
        case LOADING, RUNNING -> {
          return handed;
        }
        case QUEUED -> {
          return null;
        }
        case FREE -> { // no honest child brings that about
          damaged("it says nonsense of what it runs");
          return null;
        }
        case DONE, REVOKED -> {
          // finished and on its way, or taken back
        }
      }
    }
    return null;
  }

  /**
   * The page is the child's memory, too: one that was cut short faults when it is touched. So it is
   * looked at before each step; in between only a child that cuts it just then gets through.
   */
  void checkLedger() {
    if (!ledgerDamaged && ledger != null && !ledger.isWhole()) {
      ledgerDamaged = true;
      damaged("it was cut short");
    }
  }

  /**
   * After a fault in some page. In compiled code it is told late, perhaps during the access to that
   * of another child: it is this one's only if its page is not whole.
   */
  void faulted() {
    checkLedger();
  }

  private void damaged(String how) {
    pool.post(() -> pool.broke(this, "the ledger of child " + pid() + " is damaged: " + how));
  }

  Ledger.State stateOf(Handed handed) {
    if (!ledgerDamaged) {
      try {
        return page().state(handed.place, handed.seq);
      } catch (InternalError e) {
        faulted();
        if (!ledgerDamaged) {
          return page().state(handed.place, handed.seq);
        }
      }
    }
    return Ledger.State.FREE;
  }

  /** Whether the child has claimed it and not ended it. */
  boolean isUnderWay(Handed handed) {
    checkLedger();
    Ledger.State state = stateOf(handed);
    return state == Ledger.State.LOADING || state == Ledger.State.RUNNING;
  }

  /** By {@link System#nanoTime()} of this JVM; never before there was a child. */
  long since(Handed handed) {
    if (!ledgerDamaged) {
      try {
        long since = page().since(handed.place) + skew;
        return since - startedAt < 0 ? startedAt : since;
      } catch (InternalError e) {
        faulted();
      }
    }
    return headAt;
  }

  /**
   * When it last gave a sign of life, by {@link System#nanoTime()} of this JVM. That is what the
   * child says: it may be anything, but nothing later than now is believed.
   */
  long ticked() {
    checkLedger();
    try {
      if (!ledgerDamaged) {
        long now = System.nanoTime();
        long ticked = memo().ticked() + skew;
        return ticked - now > 0 ? now : ticked;
      }
    } catch (InternalError e) {
      faulted();
    }
    return startedAt;
  }

  /** How far it says that item is; null where it says nothing, or nothing new. */
  @Nullable Progress progress(Handed handed) {
    checkLedger();
    try {
      if (!ledgerDamaged && ledger != null) {
        Memo.Said said = memo().version() == saidBefore ? null : memo().said(handed.seq);
        if (said != null && said.version() != saidBefore) {
          saidBefore = said.version();
          return said.progress();
        }
      }
    } catch (InternalError e) {
      faulted();
    }
    return null;
  }

  private Memo memo() {
    Memo known = memo;
    if (known == null) {
      known = page().memo();
      memo = known;
    }
    return known;
  }

  /** Takes an item back that has not begun; null when it has, or when it was taken back before. */
  @Nullable Flight takeBack(Handed handed) {
    Flight flight = handed.flight;
    checkLedger();
    try {
      if (flight == null || ledgerDamaged || !page().revoke(handed.place, handed.seq)) {
        return null;
      }
    } catch (InternalError e) {
      faulted();
      return null; // as if it had begun
    }
    handed.flight = null;
    noLongerInHand(handed);
    return flight;
  }

  private void noLongerInHand(Handed handed) {
    inHand--;
    cost -= handed.cost;
    if (cost <= Pace.AMOUNT / 2) {
      filling = true;
    }
  }

  byte[] salvage() {
    checkLedger();
    return ledger == null || ledgerDamaged ? new byte[0] : ledger.salvage();
  }

  private Ledger page() {
    if (ledger == null) {
      throw new IllegalStateException("no item without a ledger");
    }
    return ledger;
  }

  // ---- end

  /** Asks the child to end itself. */
  void ask() {
    askedAt = System.nanoTime();
    Frame.putHeader(room(Frame.HEADER), Frame.Type.BYE, 0);
    flush();
  }

  /** Kills the process and all it started; for a process that does not exist yet, when it does. */
  void kill() {
    killWanted = true;
    if (launching) {
      return;
    }
    if (process == null) {
      gone();
      return;
    }
    CompletableFuture.allOf(process.killTree(), process.onExit(), process.outputDone())
        .whenComplete((v, e) -> pool.post(this::gone));
  }

  private void gone() {
    if (gateway != null && token != null) {
      gateway.forget(token);
    }
    deskClosed = rights.close();
    pool.fire(slot, this, new SlotState.Event.Gone<>());
    if (connection == null) {
      streamEnd(); // it never connected, and now cannot any more
    } else if (!streamEnded) {
      Connection late = connection;
      lateClose = Threads.TIMER.schedule(late::close, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private boolean isGone() {
    return slot.child() != this;
  }

  /** How it ended; once it is gone. */
  Death death() {
    Death known = death;
    if (known == null) {
      known = findDeath();
      death = known;
    }
    return known;
  }

  /** The same for the item it ran, with the lines since that began. */
  Death death(Handed blamed) {
    return process == null ? death() : withCause(process.death(blamed.seq));
  }

  private Death findDeath() {
    if (process == null) {
      String why = startError == null ? "" : String.valueOf(startError.getMessage());
      return new Death(-1, Optional.empty(), Death.Cause.START_FAILED, why);
    }
    return withCause(process.death());
  }

  private Death withCause(Death found) {
    Verdict v = verdict;
    String note = v == null ? "" : v.note();
    if (v != null && v.reason() == Verdict.Reason.PROTOCOL) {
      return as(found, Death.Cause.PROTOCOL, note);
    }
    if (v == null && closedChannel && found.signal().filter("SIGKILL"::equals).isPresent()) {
      return as(found, Death.Cause.PROTOCOL, "it closed its channel and lived on");
    }
    if (v != null && v.reason() == Verdict.Reason.MEMORY) {
      return as(found, Death.Cause.OUT_OF_MEMORY, note);
    }
    return as(found, up ? found.cause() : Death.Cause.START_FAILED, note);
  }

  /** Why it is gone; once it is. */
  ExitReason exitReason() {
    Verdict v = verdict;
    ExitReason asked = askedAt == 0 ? null : wish;
    if (asked != null && (v == null || v.reason() == Verdict.Reason.STOP)) {
      return asked;
    }
    if (v == null) {
      ExitReason lost = ExitReason.of(death());
      return lost.isLost()
          ? lost
          : ExitReason.CRASHED; // System.exit(0) was nobody's wish but its own
    }
    return v.reason().exit;
  }

  /** With what we know beside what the process left. */
  private Death as(Death found, Death.Cause cause, String note) {
    String tail = found.stderrTail();
    return new Death(
        found.exitCode(),
        found.signal(),
        cause,
        note.isEmpty() || tail.isEmpty() ? note + tail : note + "\n" + tail,
        found.crash(),
        found.crashReport(),
        found.peakMemory(),
        found.age(),
        served,
        process == null ? List.of() : process.escaped());
  }

  /** The command line, or what is known of it. */
  String command() {
    return process == null ? "" : String.join(" ", process.command());
  }

  /** Takes its things away; completes when nothing is left of them. */
  CompletableFuture<Void> remove() {
    if (out != null) {
      out.release();
      out = null;
      view = null;
    }
    dropEnd();
    if (process != null) {
      process.closeStdin();
      Living.gone(process);
    }
    if (ledger != null) {
      ledger.close();
      ledger = null;
      memo = null;
    }
    CompletableFuture<Void> removed = new CompletableFuture<>();
    Gateway g = gateway;
    Path file = ledgerFile;
    // the loop must not end before the channel of its classes is closed
    deskClosed.whenComplete(
        (closed, never) ->
            Threads.run(
                () -> {
                  if (file != null) {
                    delete(file);
                  }
                  if (g == null) {
                    removed.complete(null);
                  } else {
                    g.release().whenComplete((v, e) -> removed.complete(null));
                  }
                }));
    return removed;
  }
}
