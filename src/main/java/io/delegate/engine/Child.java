package io.delegate.engine;

import io.delegate.Death;
import io.delegate.process.ChildProcess;
import io.delegate.process.OutputSink;
import io.delegate.wire.Frame;
import io.delegate.wire.Hello;
import io.delegate.wire.ItemFrame;
import io.delegate.wire.Ledger;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.Welcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
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

  private static final String OWN_PID = Long.toString(ProcessHandle.current().pid());

  /** How long the end of the channel may lag behind the end of the process tree. */
  private static final long DRAIN_MILLIS = 2_000;

  /** How long the end of a process may lag behind the end of its channel. */
  private static final long EXIT_MILLIS = 500;

  private final Pool pool;
  private final Options options;
  private final Slot slot;
  private final long number = COUNT.incrementAndGet();

  private @Nullable Gateway gateway;
  private byte @Nullable [] token;
  private @Nullable ChildProcess process;
  private @Nullable Connection connection;
  private @Nullable Ledger ledger;
  private @Nullable Path ledgerFile;
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
  private final int[] freePlaces;
  private int free;
  private int inHand;
  private long lastSeq;
  private @Nullable ByteBuf out;

  @Nullable Verdict verdict;
  final long startedAt = System.nanoTime();
  boolean up;
  long idleSince;
  long askedAt;
  long served;

  /** By the limits' clock: when its oldest item became the oldest, for clocks that are not ours. */
  long headSince;

  Child(Pool pool, Options options, Slot slot) {
    this.pool = pool;
    this.options = options;
    this.slot = slot;
    this.freePlaces = new int[options.window()];
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

  /** Items in hand that were not taken back. */
  int inHand() {
    return inHand;
  }

  int freePlaces() {
    return free;
  }

  int frameLimit() {
    return options.maxFrame();
  }

  // ---- start

  void start() {
    try {
      Threads.BLOCKING.execute(this::launch);
    } catch (Throwable noThread) { // not here: a fork blocks
      pool.post(() -> launched(new Launched(null, null, null, null, null, noThread)));
    }
  }

  /** Blocks: binds the gateway if it is the first, writes the ledger, forks. */
  private void launch() {
    Gateway g = null;
    Ledger l = null;
    Path file = null;
    byte[] secret = null;
    try {
      g = Gateway.acquire();
      file = g.file("l" + number);
      l = Ledger.create(file, options.window(), Ledger.DEFAULT_STAGING);
      secret = g.expect(this);
      ChildProcess p =
          g.launcher()
              .start(
                  options.launch(),
                  List.of(g.address(), file.toString(), OWN_PID),
                  secret,
                  OutputSink.of(options.output()));
      Launched launched = new Launched(g, l, file, secret, p, null);
      p.onExit()
          .whenComplete(
              (code, e) -> pool.post(() -> pool.fire(slot, this, new SlotState.Event.Exited<>())));
      pool.post(() -> launched(launched));
    } catch (Throwable e) {
      Launched failed = new Launched(g, l, file, secret, null, e);
      pool.post(() -> launched(failed));
    }
  }

  private record Launched(
      @Nullable Gateway gateway,
      @Nullable Ledger ledger,
      @Nullable Path file,
      byte @Nullable [] token,
      @Nullable ChildProcess process,
      @Nullable Throwable error) {}

  private void launched(Launched l) {
    launching = false;
    gateway = l.gateway();
    ledger = l.ledger();
    ledgerFile = l.file();
    token = l.token();
    process = l.process();
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
          // one clock on one machine; only a system with a clock per process shows more than this
          skew = Math.abs(clockDifference) < TimeUnit.SECONDS.toNanos(10) ? 0 : clockDifference;
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
    boolean init = options.initializer() != null;
    connection.send(
        Unpooled.wrappedBuffer(
            new Welcome(options.maxFrame(), init, options.codec().getClass().getName()).toFrame()));
    if (options.initializer() != null) {
      connection.send(
          Unpooled.wrappedBuffer(
              pool.works().initializer(options.initializer()).toFrame(Frame.Type.INIT)));
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

  /** Hands an item over: into the ledger, then onto the channel at the end of the drain. */
  Handed hand(Flight flight) {
    Ledger page = page();
    int place = freePlaces[--free];
    Handed handed = new Handed(++lastSeq, place, flight);
    page.queue(place, handed.seq);
    if (!works.contains(flight.work.id())) {
      buffer(0).writeBytes(flight.work.frame().toFrame(Frame.Type.WORK));
      works.add(flight.work.id());
    }
    int length = ItemFrame.FIXED + flight.value.length;
    ByteBuf to = buffer(Frame.HEADER + length);
    ByteBuffer head = to.nioBuffer(to.writerIndex(), Frame.HEADER + ItemFrame.FIXED);
    ItemFrame.put(head, handed.seq, place, flight.work.id(), flight.value.length);
    to.writerIndex(to.writerIndex() + Frame.HEADER + ItemFrame.FIXED);
    to.writeBytes(flight.value);
    hands.addLast(handed);
    inHand++;
    if (to.readableBytes() > FLUSH_BYTES) {
      flush();
    }
    return handed;
  }

  private ByteBuf buffer(int bytes) {
    if (out == null) {
      out = ByteBufAllocator.DEFAULT.buffer(Math.max(bytes, 512));
    }
    out.ensureWritable(bytes);
    return out;
  }

  void forget(int work) {
    if (works.remove(work)) {
      ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER + Integer.BYTES);
      Frame.putHeader(frame, Frame.Type.FORGET, Integer.BYTES);
      buffer(0).writeBytes(frame.putInt(work).flip());
    }
  }

  /** Sends what this drain has gathered. */
  void flush() {
    if (out != null) {
      ByteBuf gathered = out;
      out = null;
      if (connection == null) {
        gathered.release();
      } else {
        connection.send(gathered);
      }
    }
  }

  void onResults(byte[] batch) {
    pool.post(() -> pool.results(this, batch));
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
          pool.post(this::tellStreamEnd);
        });
  }

  private void tellStreamEnd() {
    pool.fire(slot, this, new SlotState.Event.StreamEnded<>());
  }

  /** The oldest item in hand was answered; its place is free. */
  Handed answered() {
    Handed handed = hands.removeFirst();
    freePlaces[free++] = handed.place;
    inHand -= handed.flight == null ? 0 : 1;
    return handed;
  }

  /** The item that runs now, or null between two items. */
  @Nullable Handed running() {
    Ledger page = page();
    for (Handed handed : hands) {
      switch (page.state(handed.place, handed.seq)) {
        case LOADING, RUNNING -> {
          return handed;
        }
        case QUEUED -> {
          return null;
        }
        case FREE -> { // no honest child brings that about
          pool.broke(this, "the ledger of child " + pid() + " is damaged");
          return null;
        }
        case DONE, REVOKED -> {
          // finished and on its way, or taken back
        }
      }
    }
    return null;
  }

  Ledger.State stateOf(Handed handed) {
    return page().state(handed.place, handed.seq);
  }

  /** Whether the child has claimed it and not ended it. */
  boolean isUnderWay(Handed handed) {
    Ledger.State state = stateOf(handed);
    return state == Ledger.State.LOADING || state == Ledger.State.RUNNING;
  }

  /** By {@link System#nanoTime()} of this JVM. */
  long since(Handed handed) {
    return page().since(handed.place) + skew;
  }

  /** Takes an item back that has not begun; null when it has, or when it was taken back before. */
  @Nullable Flight takeBack(Handed handed) {
    Flight flight = handed.flight;
    if (flight == null || !page().revoke(handed.place, handed.seq)) {
      return null;
    }
    handed.flight = null;
    inHand--;
    return flight;
  }

  byte[] salvage() {
    return ledger == null ? new byte[0] : ledger.salvage();
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
    buffer(0).writeBytes(Frame.bare(Frame.Type.BYE));
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
    if (process == null) {
      String why = startError == null ? "" : String.valueOf(startError.getMessage());
      return new Death(-1, Optional.empty(), Death.Cause.START_FAILED, why);
    }
    Death death = process.death();
    Verdict v = verdict;
    if (v != null && v.reason() == Verdict.Reason.PROTOCOL) {
      return new Death(death.exitCode(), death.signal(), Death.Cause.PROTOCOL, v.note());
    }
    if (!up) {
      String note = v == null || v.note().isEmpty() ? "" : v.note() + "\n";
      return new Death(
          death.exitCode(), death.signal(), Death.Cause.START_FAILED, note + death.stderrTail());
    }
    return death;
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
    }
    if (process != null) {
      process.closeStdin();
    }
    if (ledger != null) {
      ledger.close();
      ledger = null;
    }
    CompletableFuture<Void> removed = new CompletableFuture<>();
    Gateway g = gateway;
    Path file = ledgerFile;
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
        });
    return removed;
  }
}
