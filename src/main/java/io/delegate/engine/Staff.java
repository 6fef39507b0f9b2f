package io.delegate.engine;

import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.engine.SlotState.Then;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many children there are to be: as many as there is work for, fresh ones for items that are
 * run again, others in the place of those that are worn out, and none too soon after some that died
 * at birth. Called in the pool's drain.
 */
final class Staff {
  /** So many children in a row that die before they serve mean that none ever will. */
  static final int BARREN_LIMIT = 3;

  private static final long FIRST_PAUSE_MILLIS = 100;

  /** Some time after the last answer the next request is not to be expected at once. */
  private static final long BETWEEN_REQUESTS_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The longest pause is 12.8 s. */
  private static final int MOST_DOUBLINGS = 7;

  /** How children of a kind have fared lately. */
  private static final class Luck {
    /** So many in a row have died before they served; those that were started together are one. */
    int barren;

    /** When the last of them was counted. */
    long countedAt;

    /** No start before that. */
    long startAgainAt = System.nanoTime();

    boolean isOut() {
      return barren >= BARREN_LIMIT;
    }

    boolean mayStart(long now) {
      return now - startAgainAt >= 0; // also while others serve
    }
  }

  private final Pool pool;
  private final Options options;
  private int most;
  private int keep;
  private boolean initTold;

  /** Of children of the usual heap, and of the larger one. */
  private final Luck[] luck = {new Luck(), new Luck()};

  private final Spares spares;
  private long servedAt = System.nanoTime() - BETWEEN_REQUESTS_NANOS;

  Staff(Pool pool, Options options) {
    this.pool = pool;
    this.options = options;
    this.spares = new Spares(options.spares());
  }

  /** Most children at a time. */
  int most() {
    return most;
  }

  /** How many are to be up even without work. */
  int kept() {
    return keep;
  }

  void keep(int children) {
    keep = children;
  }

  /** Whether listeners were told that there may be children. */
  boolean isTold() {
    return initTold;
  }

  /** All were stopped: those that follow are told of as the first were. */
  void stopped() {
    initTold = false;
  }

  /** That many slots stay; those that are given up first are the ones that cost least. */
  void resize(int children) {
    most = children;
    List<Slot> slots = pool.slots();
    List<Slot> staying = new ArrayList<>(slots.stream().filter(Slot::isStaying).toList());
    for (int i = staying.size(); i < children; i++) {
      slots.add(new Slot());
    }
    staying.sort((a, b) -> Integer.compare(cost(a), cost(b)));
    staying.stream()
        .limit(Math.max(0, staying.size() - children))
        .forEach(slot -> pool.retire(slot, Then.CLOSE, ExitReason.SHRUNK));
  }

  /** What it costs to do without this slot. */
  private static int cost(Slot slot) {
    return slot.isResting() ? 0 : slot.isIdle() ? 2 : slot.upChild() == null ? 1 : 3;
  }

  private int wanted() {
    int load = pool.dispatcher().load();
    long waiting = load > 0 ? spares.wanted(System.nanoTime()) : 0;
    return (int) Math.min(most, Math.max(keep, load + waiting));
  }

  /** Whether a child could stop without another being started in its place. */
  boolean hasSurplus() {
    return pool.slots().stream().filter(Slot::isStaffed).count() > wanted();
  }

  // ---- starting

  /** A look at all slots. */
  private static final class Count {
    int staffed;
    int alive;

    /** Staffed, but soon to be replaced. */
    int wearing;

    /** Children that have been given nothing yet, up or coming: of the usual heap, and larger. */
    final int[] fresh = new int[2];

    Count(List<Slot> slots) {
      for (Slot slot : slots) {
        Child child = slot.child();
        alive += child != null ? 1 : 0;
        if (child != null && slot.isStaffed()) {
          staffed++;
          wearing += child.wearingAt != 0 ? 1 : 0;
          if (child.isFresh()) {
            fresh[child.large() ? 1 : 0]++;
          }
        }
      }
    }
  }

  /** Starts the children that are lacking. */
  void run() {
    retireWorn();
    Count count = new Count(pool.slots());
    int lackingLarge = Math.max(0, pool.dispatcher().suspects(true) - count.fresh[1]);
    int lacking = Math.max(0, pool.dispatcher().suspects(false) - count.fresh[0]) + lackingLarge;
    int want = Math.max(wanted(), count.staffed + lacking);
    if (isServing()) {
      want += count.wearing;
    }
    want = Math.min(most, want);
    int lackingUsual = lacking - lackingLarge;
    lackingLarge -= start(count, Math.min(want, count.staffed + lackingLarge), true);
    lackingUsual -= start(count, want - lackingLarge, false);
    // a kind that may not start yet needs no room yet
    long now = System.nanoTime();
    lackingLarge = luck(true).mayStart(now) ? lackingLarge : 0;
    lackingUsual = luck(false).mayStart(now) ? Math.max(0, lackingUsual) : 0;
    for (int room = most - count.staffed; room < lackingLarge + lackingUsual; room++) {
      makeRoom(lackingLarge > 0);
    }
  }

  /** How many it started, until that many are up or coming. */
  private int start(Count count, int want, boolean large) {
    if (count.staffed >= want) {
      return 0;
    }
    Luck of = luck(large);
    if (!of.mayStart(System.nanoTime())) {
      pool.watch().look(of.startAgainAt);
      return 0;
    }
    int started = 0;
    for (Slot slot : pool.slots()) {
      if (count.staffed < want && count.alive < most && slot.isResting()) {
        tellInit();
        pool.start(slot, new Child(pool, options, slot, large));
        started++;
        count.staffed++;
        count.alive++;
      }
    }
    return started;
  }

  private Luck luck(boolean large) {
    return luck[large ? 1 : 0];
  }

  private void tellInit() {
    if (!initTold) {
      initTold = true;
      pool.hub().tell(new Event.Init(most));
    }
  }

  /** An item that is run again needs a fresh child of that kind, and there is no place for one. */
  private void makeRoom(boolean large) {
    Slot least = null;
    for (Slot slot : pool.slots()) {
      Child child = slot.upChild();
      boolean fits = child != null && child.isFresh() && child.large() == large;
      if (child != null && slot.isStaffed() && !child.alone && !fits) {
        if (least == null || child.hands.size() < inHand(least)) {
          least = slot;
        }
      }
    }
    if (least != null) {
      pool.retire(least, Then.REST, ExitReason.RECYCLED);
    }
  }

  private static int inHand(Slot slot) {
    Child child = slot.upChild();
    return child == null ? 0 : child.hands.size();
  }

  // ---- replacing

  /** Somebody would notice a pause: between two requests, too. */
  private boolean isServing() {
    return keep > 0
        || pool.dispatcher().load() > 0
        || System.nanoTime() - servedAt < BETWEEN_REQUESTS_NANOS;
  }

  /**
   * A child is worn out, or too old; it goes once another is up in its place, where there is room
   * for one. One that is only too old serves until then.
   */
  private void retireWorn() {
    int alive = 0;
    int staffed = 0;
    boolean any = false;
    for (Slot slot : pool.slots()) {
      Child child = slot.child();
      alive += child != null ? 1 : 0;
      staffed += slot.isStaffed() ? 1 : 0;
      any |= child != null && child.mayGo();
    }
    if (!any) {
      return;
    }
    for (Slot slot : List.copyOf(pool.slots())) {
      Child child = slot.upChild();
      if (child != null && child.mayGo() && slot.isStaffed()) {
        // one that serves on can wait until one that leaves has made room
        boolean room = alive < most || (!child.worn && alive > staffed);
        staffed -= retireWorn(slot, child, room) ? 1 : 0;
      }
    }
  }

  /** Whether it goes. */
  private boolean retireWorn(Slot slot, Child child, boolean room) {
    Child heir = null;
    boolean coming = room;
    for (Slot other : pool.slots()) {
      Child c = other.child();
      if (c != null && !c.isHeir && c.startedAt - child.wearingAt > 0 && other.isStaffed()) {
        coming = true;
        heir = other.upChild() != null ? c : heir;
      }
    }
    if (heir != null) {
      heir.isHeir = true;
    } else if (coming && isServing() && !(child.worn && luck(false).isOut())) {
      pool.watch().look(System.nanoTime() + BETWEEN_REQUESTS_NANOS); // that may be over by then
      return false;
    }
    child.worn = true;
    pool.retire(slot, Then.REST, ExitReason.RECYCLED);
    return true;
  }

  // ---- children that are lost

  /** A child is up. */
  void started(Child child) {
    spares.started(child.upAt - child.startedAt);
  }

  /** A child that was up died, or was killed for its item. */
  void lost() {
    spares.lost(System.nanoTime());
  }

  /** A child has served: whatever was wrong is not wrong with all. */
  void served(Child child) {
    luck(child.large()).barren = 0;
    servedAt = System.nanoTime();
  }

  /**
   * A child died before it served. Each time makes the pause before the next start longer.
   *
   * @return why no such child can be started, after some in a row; else null
   */
  @Nullable RuntimeException barren(Child child) {
    Luck of = luck(child.large());
    long now = System.nanoTime();
    if (of.barren == 0 || child.startedAt - of.countedAt >= 0) {
      of.barren++;
      of.countedAt = now;
      int doublings = Math.min(MOST_DOUBLINGS, of.barren - 1);
      of.startAgainAt = now + TimeUnit.MILLISECONDS.toNanos(FIRST_PAUSE_MILLIS << doublings);
    }
    // one that waited beside others that serve says nothing of how those start
    boolean idle = child.up && child.isFresh() && pool.slots().stream().anyMatch(Staff::serves);
    return of.isOut() && !idle ? Burial.cannotStart(child, options) : null;
  }

  private static boolean serves(Slot slot) {
    Child child = slot.upChild();
    return child != null && (child.served > 0 || !child.hands.isEmpty());
  }

  /** Whether there is a child that serves, or may yet. */
  boolean hasHope() {
    return pool.slots().stream().anyMatch(Slot::isStaffed);
  }

  /** Nobody waits any more: who comes now has all tries again. */
  void gaveUp() {
    for (Luck of : luck) {
      of.barren = 0;
      of.startAgainAt = System.nanoTime();
    }
    keep = 0;
  }
}
