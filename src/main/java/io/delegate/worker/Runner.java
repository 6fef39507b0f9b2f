package io.delegate.worker;

import io.delegate.wire.Ledger;
import io.delegate.wire.Memo;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import io.delegate.wire.Welcome;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one loop of a child: claim, run, stage, one item after the other. */
final class Runner implements Intake.LargeItems, Supplier<Object> {
  /** Bytes of a result that is staged in no time. */
  private static final int SMALL = 64;

  private final Intake intake;
  private final Ledger ledger;
  private final Stage stage;
  private final int limit;
  private final Marks marks;
  private final Works works;
  private final Thread thread = Thread.currentThread();

  /** Read by the {@link Witness} now and then: a late view of it only delays an answer. */
  private boolean busy;

  /** When the last item ended, if nothing that takes time came after that; else 0. */
  private long ended;

  private int writes;

  private long early;
  private boolean earlyMine;

  /** What items take along, from the first that does; null for a child that has not seen any. */
  private @Nullable Carried carried;

  /** The item whose work runs; 0 for none. */
  private long inWork;

  /** The same as its work sees it; null unless it has asked. */
  private @Nullable Running running;

  /** Null until a work asks. */
  private @Nullable Memo memo;

  Runner(Intake intake, Ledger ledger, Stage stage, Welcome welcome, Marks marks) {
    this.intake = intake;
    this.ledger = ledger;
    this.stage = stage;
    this.limit = welcome.limit() - ResultFrame.FIXED;
    this.works = new Works(welcome.codec());
    this.marks = marks;
    intake.largeItems(this);
  }

  boolean isBusy() {
    return busy;
  }

  Thread thread() {
    return thread;
  }

  void initialize(WorkFrame frame) throws Exception {
    works.task(frame).call();
    Thread.interrupted();
  }

  /** Runs items until the parent says goodbye (0) or the channel breaks (1). */
  int run() {
    try {
      while (true) {
        if (intake.drained()) {
          stage.flush();
          busy = false;
          ended = 0;
        }
        switch (intake.next()) {
          case ITEM -> {
            busy = true;
            item(intake.payload());
          }
          case WORK -> {
            works.add(WorkFrame.read(intake.payload()));
            ended = 0;
          }
          case FORGET -> works.forget(intake.payload().getInt());
          case CONTEXT -> {
            carry(intake.payload());
            ended = 0;
          }
          case BYE -> {
            stage.flush();
            return 0;
          }
          default -> {
            return 1;
          }
        }
      }
    } catch (IOException e) {
      return 1;
    }
  }

  private void carry(ByteBuffer in) throws IOException {
    if (carried == null) {
      carried = new Carried();
    }
    carried.take(in);
  }

  /**
   * A heap too small for the item is that item's death and nobody else's: so it is claimed first.
   */
  @Override
  public void coming(long seq, int place) {
    early = seq;
    long start = System.nanoTime();
    earlyMine = ledger.load(place, seq, start);
    if (earlyMine) {
      marks.begin(seq, start, false);
    }
  }

  private void item(ByteBuffer in) throws IOException {
    long seq = in.getLong();
    int place = in.getInt();
    int workId = in.getInt();
    long start = ended == 0 ? System.nanoTime() : ended;
    stage.wakeFlusher();
    boolean coded = Values.isCoded(in);
    Carried along = carried;
    Works.Ready ready = works.known(workId);
    boolean cold =
        early == seq
            || ready == null
            || (coded && ready.codec().isCold())
            || (along != null && along.isCold());
    boolean mine;
    if (early == seq) {
      mine = earlyMine;
    } else {
      mine = cold ? ledger.load(place, seq, start) : ledger.claim(place, seq, start);
    }
    if (!mine) {
      stage.scalar(seq, ResultFrame.SKIPPED, 0, null, 0);
      ended = 0;
      return;
    }
    if (early != seq) {
      marks.begin(seq, start, !coded && !cold);
    }
    byte status;
    @Nullable Object result;
    try {
      int bytes = in.remaining();
      @Nullable Object item;
      try {
        if (ready == null) {
          ready = works.get(workId);
        }
        thread.setContextClassLoader(ready.loader());
        item = Values.decode(in, ready.codec(), ready.loader());
        if (along != null) {
          along.show();
        }
      } finally {
        if (cold) {
          start = System.nanoTime();
          ledger.begin(place, seq, start);
        }
      }
      marks.item(item, bytes);
      inWork = seq;
      result = apply(ready, item);
      status = ResultFrame.OK;
    } catch (Throwable thrown) {
      result = thrown;
      status = ResultFrame.FAILED;
    }
    long end = System.nanoTime();
    inWork = 0;
    if (running != null) {
      running.end();
      running = null;
    }
    if (along != null) {
      along.hide();
    }
    Thread.interrupted(); // a flag left behind by the work would close the channel
    boolean scalar = false;
    if (status == ResultFrame.OK && ready != null) {
      if (ready.codec().isCold() && Values.scalarSize(result) < 0) {
        ledger.pause(place, seq, end);
      }
      scalar = succeed(seq, end - start, result, ready.codec());
    } else {
      fail(seq, end - start, (Throwable) Objects.requireNonNull(result));
    }
    ledger.done(place, seq);
    int now = stage.writes();
    ended = scalar && now == writes ? end : 0;
    writes = now;
  }

  /**
   * The item that runs on the calling thread, or null: an object of {@link Running}, of which
   * nothing here says so, lest each child must load it.
   */
  @Override
  @SuppressWarnings("NullAway") // a Supplier that is asked by name
  public @Nullable Object get() {
    if (Thread.currentThread() != thread || inWork == 0) {
      return null;
    }
    if (running == null) {
      if (memo == null) {
        memo = ledger.memo();
      }
      running = new Running(memo, inWork);
    }
    return running;
  }

  @SuppressWarnings("NullAway") // a work of null items is the user's choice; the front sends none
  private static @Nullable Object apply(Works.Ready ready, @Nullable Object item) throws Exception {
    return ready.work().apply(item);
  }

  /** Whether that took next to no time. */
  private boolean succeed(long seq, long nanos, @Nullable Object result, LateCodec codec)
      throws IOException {
    long size = Values.scalarSize(result);
    if (size >= 0 && size <= limit) {
      stage.scalar(seq, ResultFrame.OK, nanos, result, (int) size);
      return size <= SMALL;
    }
    byte[] coded;
    try {
      coded = Values.encode(result, codec, limit, "the result");
    } catch (Throwable unsendable) {
      fail(seq, nanos, unsendable);
      return false;
    }
    stage.bytes(seq, ResultFrame.OK, nanos, coded);
    return false;
  }

  private void fail(long seq, long nanos, Throwable thrown) throws IOException {
    stage.bytes(seq, ResultFrame.FAILED, nanos, Errors.encode(thrown, limit));
  }
}
