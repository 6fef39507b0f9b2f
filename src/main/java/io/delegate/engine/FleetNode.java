package io.delegate.engine;

import io.delegate.ChildId;
import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.link.Envelope;
import io.delegate.link.Job;
import io.delegate.link.LinkId;
import io.delegate.link.Message;
import io.delegate.link.News;
import io.delegate.link.Order;
import io.delegate.link.Told;
import io.delegate.wire.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A node as its parent sees it, from the beginning of a link to its end. What was sent there may
 * have begun: it comes back only if the node says that it did not, or ends with the link. Used in
 * the fleet's drain.
 *
 * <pre>
 *   an item that        waits        was sent                        and its stream is cancelled
 *   it is answered      breach       its outcome                     nothing
 *   it is given back    breach       waits again: it did not begin   nothing
 *   the link ends       stays        Aborted, cause NODE_LOST        nothing
 * </pre>
 */
final class FleetNode {
  /** What becomes of it. */
  enum State {
    /** The node has the class path to fetch, and has not said that it takes items. */
    OPENING,
    /** It takes items. */
    OPEN,
    /** It takes no more, and ends those that it has. */
    LEAVING,
    /** Nothing more is said; the node has to say that all that ran is dead. */
    ENDING,
    /** Over. */
    ENDED
  }

  private static final Death KILLED =
      new Death(137, Optional.of("SIGKILL"), Death.Cause.SIGNAL, "");

  private static final long PING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Of so many trips the shortest counts: the others waited on their way. */
  private static final int TRIPS = 8;

  /** What wants to begin elsewhere has waited as long, and many times the way there. */
  private static final long WAITED_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int WAITED_TRIPS = 4;

  /** No node has more: as many as a scheduler may have. */
  private static final int MOST_CHILDREN = 4096;

  /** As many, as many that wait, and as many that are about to end. */
  private static final int MOST_LIVE = 3 * MOST_CHILDREN;

  /** Small ones that take no more than that part of the room may be beside one of any size. */
  private static final int BESIDE = 4;

  /** About the most bytes of items that go together. */
  private static final long BATCH_BYTES = 1 << 20;

  /** An item that was sent, what it added to the load, and when. */
  private static final class Sent {
    final long number;
    final Flight flight;
    final double cost;
    final long at;

    /** Listeners know that it has begun. */
    boolean begun;

    Sent(long number, Flight flight, double cost, long at) {
      this.number = number;
      this.flight = flight;
      this.cost = cost;
      this.at = at;
    }
  }

  private final Fleet fleet;
  private final String name;
  private final String member;
  private final int ordinal;
  private final LinkId link;
  private final Outbox outbox;
  private final Order order = new Order();

  /** By number, oldest first. */
  private final Map<Long, Sent> hand = new LinkedHashMap<>();

  /** How much of what it may have it has, of all works together: 1 where it is full. */
  private double load;

  /** Bytes of those, and how many it has room for. */
  private long bytes;

  private long room;

  /** Those of items behind that one, since when it is kept for a large one. */
  private long bytesSince;

  private long keptSince;

  /** Works that it has, and their bytes; the one that was used last comes last. */
  private final Map<Integer, Long> jobs = new LinkedHashMap<>(16, .75f, true);

  private long jobBytes;
  private final Map<Source, Begun> streams = new LinkedHashMap<>();

  /** A stream there. */
  private record Begun(long number, int job) {}

  /**
   * What the item that may take longest may take, with all that comes before an answer; 0 for ever.
   */
  private long patience;

  /** Items that are to go together. */
  private final List<Message.Item> batch = new ArrayList<>();

  private long batchOf;
  private long batchBytes;

  /** Read by streams, too. */
  private volatile State state = State.OPENING;

  private volatile int children;
  private long last;
  private long lastStream;

  /** What it had said of its links when it took ours. */
  private long openedAt;

  /** How long an answer took at the least lately; 0 while that is not known. */
  private volatile long tripNanos;

  private final long[] trips = new long[TRIPS];
  private int tripped;
  private long pingedAt = System.nanoTime() - PING_NANOS;

  /** When it gave its last sign of life. */
  private long heardAt = System.nanoTime();

  /** When it was asked for one since; 0 if it was not. */
  private long probedAt;

  /** It was asked for items that wait there; until then it is not asked again. */
  private boolean recalled;

  /** It has answered an item. */
  private boolean worked;

  /** It was told that somebody listens here. */
  private boolean followed;

  /** Nothing can be sent to it. */
  private boolean broken;

  /** It has said that nothing runs there any more. */
  private boolean gone;

  /** Why it is wished to end, if it is. */
  private String parting = "";

  /** Its children of which listeners know, and since when they are up. */
  private final Map<Long, Long> live = new LinkedHashMap<>();

  /** So many children listeners know it to have. */
  private int toldChildren;

  /** {@code ordinal}: what it goes by in events. */
  FleetNode(Fleet fleet, String name, String member, int ordinal, LinkId link) {
    this.fleet = fleet;
    this.name = name;
    this.member = member;
    this.ordinal = ordinal;
    this.link = link;
    this.outbox =
        new Outbox(
            fleet.mesh(),
            member,
            true,
            link,
            thrown -> fleet.post(() -> lost("nothing can be sent to it: " + thrown)),
            more -> {}); // what waits here is bounded by what may be in hand there
  }

  /** For people. */
  @Override
  public String toString() {
    return name.equals(member) ? name : name + " (" + member + ")";
  }

  String member() {
    return member;
  }

  LinkId link() {
    return link;
  }

  State state() {
    return state;
  }

  /** How many children it has for us now. */
  int children() {
    return state == State.OPEN ? children : 0;
  }

  long tripNanos() {
    return tripNanos;
  }

  /** What an item of that work adds to what it has; 1 for all that it may have. */
  double cost(Shipped work) {
    return 1.0 / Math.max(1, target(work));
  }

  /** Whether it has room for that one; an item may have more than there is, beside small ones. */
  boolean hasRoomFor(Flight flight) {
    return hand.isEmpty() || bytes + flight.size <= room || bytes <= room / BESIDE;
  }

  /** From now on it gets little else, so that one has room when those end that it has now. */
  void keep() {
    keptSince = last;
    bytesSince = 0;
  }

  /** Whether that one leaves room for the one that it is kept for. */
  boolean isLittle(Flight flight) {
    return bytesSince + flight.size <= room / BESIDE;
  }

  /** How full it is. */
  double load() {
    return hand.isEmpty() ? 0 : load; // sums of fractions drift
  }

  /**
   * Sees whether it is there still, if something is awaited of it: one that has said nothing for as
   * long as its items may take is asked, and lost if it does not answer within {@code answer}.
   *
   * @return when to look again; 0 if there is nothing to look for
   */
  long look(long now, long answer) {
    boolean awaited = state == State.OPENING || state == State.ENDING;
    if (state == State.ENDED || !awaited && (patience == 0 || hand.isEmpty())) {
      return 0;
    }
    long due = heardAt + (awaited ? answer : patience);
    if (now - due < 0) {
      return due;
    }
    if (probedAt == 0) {
      probedAt = now;
      outbox.ping();
    } else if (now - probedAt >= answer) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(now - heardAt);
      lost("it has said nothing for " + seconds + " s, and does not answer");
      return 0;
    }
    return probedAt + answer;
  }

  /** Whether something may come of it yet. */
  boolean mayServe() {
    return state != State.ENDING && state != State.ENDED;
  }

  boolean isGone() {
    return gone;
  }

  int inHand() {
    return hand.size();
  }

  /** How many of its children have nothing to do. */
  int idle() {
    return Math.max(0, children() - hand.size());
  }

  /** How many items wait there for a child, at the least. */
  int surplus() {
    return state == State.OPEN ? Math.max(0, hand.size() - children) : 0;
  }

  /** From when on it makes sense to have items come back that wait there; 0 for never. */
  long recallable() {
    if (recalled || surplus() == 0) {
      return 0;
    }
    Sent eldest = hand.values().iterator().next();
    return eldest.at + Math.max(WAITED_NANOS, WAITED_TRIPS * tripNanos);
  }

  void recall(int most) {
    recalled = true;
    flush();
    outbox.say(new Message.Recall(most));
  }

  /** Items of that work that it may have. */
  int target(Shipped work) {
    int window = fleet.options().window();
    return children() * (window > 0 ? window : work.pace().windowAt(tripNanos()));
  }

  // ---- to the node

  void open(Message.Open open) {
    outbox.say(open);
  }

  /** The item goes with the next batch; {@code silence}: how long nothing may be heard then. */
  void give(Flight flight, @Nullable Duration silence) {
    Begun known = streams.get(flight.source);
    long stream = known == null ? begin(flight) : known.number();
    if (stream != batchOf || batchBytes >= BATCH_BYTES) {
      flush();
      batchOf = stream;
    }
    long now = System.nanoTime();
    ping(now);
    long number = last + 1;
    boolean waits = flight.arrived != 0 && flight.attempts == 0; // else it ran, too
    long waited = waits ? Math.max(0, now - flight.arrived) : 0;
    batch.add(new Message.Item(number, flight.attempts, waited, flight.context(), flight.bytes()));
    batchBytes += flight.size;
    if (hand.isEmpty()) {
      heardAt = now;
      probedAt = 0;
      load = 0;
      bytes = 0;
      bytesSince = 0;
      patience = 0;
    }
    Sent sent = new Sent(number, flight, cost(flight.work), now);
    try {
      hand.put(number, sent); // the last that may fail for want of memory
    } catch (Error e) {
      hand.remove(number); // a map may fail when it has taken something
      throw e;
    }
    load += sent.cost;
    bytes += flight.size;
    bytesSince += flight.size;
    patience = Math.max(patience, silence == null ? 0 : silence.toNanos());
    last = number;
  }

  private long begin(Flight flight) {
    flush(); // it is not to come before the items of other streams that were given before
    int id = flight.work.id();
    if (jobs.get(id) == null) {
      Job job = fleet.job(flight.work);
      outbox.say(job);
      jobs.put(id, job.weight());
      jobBytes += job.weight();
    }
    long stream = ++lastStream;
    streams.put(flight.source, new Begun(stream, id));
    outbox.say(new Message.Begin(stream, id));
    if (jobBytes > room / 2) {
      forgetUnused();
    }
    return stream;
  }

  /** Works take room from items there; what is not used now can be sent again. */
  private void forgetUnused() {
    Set<Integer> used = new HashSet<>();
    streams.values().forEach(stream -> used.add(stream.job()));
    for (int job : List.copyOf(jobs.keySet())) {
      if (jobBytes > room / 2 && !used.contains(job)) {
        forget(job);
      }
    }
  }

  /** What was given goes. */
  void flush() {
    boolean listens = fleet.hub().active();
    if (followed != listens && state != State.ENDING && state != State.ENDED) {
      followed = listens;
      outbox.say(new Message.Follow(listens));
      if (!listens) {
        live.clear(); // nothing is heard of them from now on
      }
    }
    if (!batch.isEmpty()) {
      outbox.say(new Message.Items(batchOf, List.copyOf(batch)));
      batch.clear();
      batchBytes = 0;
    }
    if (state == State.LEAVING && hand.isEmpty() && !broken) {
      end();
    }
  }

  /** A stream has ended; what is there of it is killed. */
  void end(Source source) {
    Begun stream = streams.remove(source);
    if (stream != null) {
      flush();
      outbox.say(new Message.End(stream.number()));
      hand.values()
          .removeIf(
              sent -> {
                boolean ofIt = sent.flight.source == source;
                if (ofIt) {
                  unload(sent);
                  source.discard(sent.flight);
                }
                return ofIt;
              });
    }
  }

  void forget(int job) {
    Long its = jobs.remove(job);
    if (its != null) {
      jobBytes -= its;
      outbox.say(new Message.Forget(job));
    }
  }

  /** All that runs there is to be killed; {@link State#ENDED} when it is. */
  void end() {
    if (state != State.ENDING && state != State.ENDED) {
      state = State.ENDING;
      batch.clear();
      outbox.say(new Message.Bye());
      heardAt = System.nanoTime();
      probedAt = 0;
      fleet.lookLater();
    }
  }

  /** Nothing more goes there, of what is half said neither; {@link #lost} is to follow. */
  void breaks() {
    broken = true;
    state = State.LEAVING;
    children = 0;
    batch.clear();
    outbox.close();
  }

  /** Sees how far away it is, now and then while there is something to do. */
  private void ping(long now) {
    if (now - pingedAt >= PING_NANOS) {
      pingedAt = now;
      outbox.ping();
    }
  }

  // ---- from the node

  /** It says which links it knows; it may have ended ours without our seeing why. */
  void heard(Message.Here here) {
    boolean knows =
        state == State.OPENING || here.time() <= openedAt || here.links().contains(link);
    if (!knows) {
      lost("it was cut off, and has ended what ran");
    }
  }

  void came(Envelope envelope, long bytes) {
    heardAt = System.nanoTime();
    probedAt = 0;
    try {
      for (Message message : order.came(envelope, bytes)) {
        if (state != State.ENDED) {
          take(message);
        }
      }
    } catch (ProtocolException e) {
      lost("it broke the rules: " + e.getMessage());
    } catch (RuntimeException | Error e) { // half done is worse than ended
      lost("what it says cannot be dealt with: " + e);
    }
  }

  private void take(Message message) throws ProtocolException {
    if (message instanceof Message.Answers answers) {
      for (Told told : answers.all()) {
        answered(told);
      }
    } else if (message instanceof Message.Back back) {
      recalled &= back.items().isEmpty(); // else not before it has answered one more
      for (long number : back.items()) {
        Flight flight = taken(number);
        if (flight != null) {
          fleet.giveBack(flight);
        }
      }
    } else if (message instanceof Message.Opened opened) {
      if (state == State.OPENING) {
        state = State.OPEN;
        openedAt = opened.time();
        ping(System.nanoTime());
        room(opened.children(), opened.room());
      }
    } else if (message instanceof Message.Room room) {
      room(room.children(), room.room());
    } else if (message instanceof Message.Want want) {
      if (want.files().isEmpty()) {
        outbox.dealtWith(Guest.PIECES_OF_LIFE);
      }
      fleet.send(want, outbox);
    } else if (message instanceof Message.Refused refused) {
      parting = refused.why(); // where it has left already, for that
      fleet.refused(this, refused.why());
    } else if (message instanceof Message.Failed failed) {
      if (state != State.ENDING) { // each of its streams fails
        parting = failed.why();
        fleet.barren(this, failed.why());
      }
    } else if (message instanceof Message.Ping ping) {
      trips[tripped++ % TRIPS] = Math.max(1, System.nanoTime() - ping.at());
      tripNanos = Arrays.stream(trips, 0, Math.min(tripped, TRIPS)).min().orElse(0);
    } else if (message instanceof Message.Happened happened) {
      happened(happened.news());
    } else if (message instanceof Message.Gone) {
      gone = true;
      lost("it has ended the link");
    } else {
      throw new ProtocolException("no node says " + message.getClass().getSimpleName());
    }
  }

  private void room(int more, long forItems) throws ProtocolException {
    if (more < 0 || more > MOST_CHILDREN || forItems < 0) {
      throw new ProtocolException(
          "it has %,d children and room for %,d bytes".formatted(more, forItems));
    }
    children = more;
    room = forItems;
    if (state == State.OPEN && more == 0) {
      state = State.LEAVING;
      parting = "it takes no more items";
    }
    fleet.roomChanged();
    if (more > 0) { // else at the end, with the reason
      tellChildren("");
    }
  }

  private void tellChildren(String why) {
    if (toldChildren != children()) {
      toldChildren = children();
      fleet.hub().tell(new Event.Node(ordinal, toString(), toldChildren, why));
    }
  }

  private void happened(News news) throws ProtocolException {
    if (!followed) {
      return;
    }
    Hub hub = fleet.hub();
    if (news instanceof News.Spawned s) {
      live.put(s.pid(), System.nanoTime() - s.starting().toNanos());
      if (live.size() > MOST_LIVE) {
        throw new ProtocolException("it has " + live.size() + " children");
      }
      hub.tell(new Event.Spawn(id(s.pid()), s.starting()));
    } else if (news instanceof News.Unborn u) {
      hub.tell(new Event.StartFailed(id(u.pid()), u.death(), u.starting()));
    } else if (news instanceof News.Gone g) {
      live.remove(g.pid());
      hub.tell(new Event.Exit(id(g.pid()), g.death(), g.age(), g.items(), g.busy(), g.reason()));
    } else if (news instanceof News.Begun b) {
      tellBegun(b.pid(), hand.get(b.item()));
    } else if (news instanceof News.Slow s) {
      Sent sent = hand.get(s.item());
      if (sent != null) {
        tellBegun(s.pid(), sent);
        hub.slow(id(s.pid()), sent.flight.item, s.running());
      }
    } else if (news instanceof News.Said s) {
      Sent sent = hand.get(s.item());
      if (sent != null) {
        tellBegun(s.pid(), sent);
        hub.progressed(id(s.pid()), sent.flight.item, s.progress());
      }
    }
  }

  private long id(long pid) {
    return ChildId.of(ordinal, pid);
  }

  /** At the latest before its end is told. */
  private void tellBegun(long pid, @Nullable Sent sent) {
    if (sent != null && !sent.begun && pid != 0) {
      sent.begun = true;
      fleet.hub().begun(id(pid), sent.flight.item);
    }
  }

  /** The item of that number, which is not there any more; null if nobody wants it any more. */
  private @Nullable Flight taken(long number) throws ProtocolException {
    if (number < 1 || number > last) {
      throw new ProtocolException("it speaks of item " + number + ", of " + last);
    }
    Sent sent = hand.remove(number);
    if (sent == null) {
      return null;
    }
    unload(sent);
    return sent.flight;
  }

  private void unload(Sent sent) {
    load -= sent.cost;
    bytes -= sent.flight.size;
    bytesSince -= sent.number > keptSince ? sent.flight.size : 0;
  }

  private void answered(Told told) throws ProtocolException {
    if (fleet.hub().active()) {
      tellBegun(pid(told), hand.get(told.number()));
    }
    Sent sent = hand.get(told.number());
    if (sent == null) {
      Flight unused = taken(told.number());
      return;
    }
    Flight flight = sent.flight;
    if (told.attempts() < flight.attempts) {
      throw new ProtocolException("item " + told.number() + " has run less often than before");
    }
    flight.attempts = told.attempts();
    Answer answer = Answer.of(flight, told, ordinal); // may fail for want of memory
    Flight unused = taken(told.number());
    recalled = false;
    if (told instanceof Told.Died && told.attempts() <= fleet.options().retries()) {
      flight.lastWord = answer; // that node cannot run it again, but others may
      fleet.giveBack(flight);
      return;
    }
    if (!worked) {
      worked = true;
      fleet.worked(this);
    }
    if (told instanceof Told.Answered a) {
      flight.work.pace().took(a.nanos(), flight.size + (long) a.length());
    }
    deliver(answer);
  }

  /** It is in no hand any more: if this fails, its stream ends with that. */
  private void deliver(Answer answer) {
    try {
      fleet.deliver(answer);
    } catch (RuntimeException | Error e) {
      answer.flight.source.fail(e);
      throw e;
    }
  }

  private static long pid(Told told) {
    if (told instanceof Told.Answered a) {
      return a.pid();
    }
    if (told instanceof Told.Died d) {
      return d.pid();
    }
    return told instanceof Told.Late l ? l.pid() : 0;
  }

  // ---- the end

  /** The node is gone, or must be taken to be. */
  void lost(String why) {
    if (state == State.ENDED) {
      return;
    }
    boolean wished = state == State.ENDING;
    state = State.ENDED;
    children = 0;
    outbox.close();
    try {
      tellChildren(wished ? parting : why);
      tellGone(wished, why);
    } finally {
      try {
        endAll(why);
      } finally {
        fleet.ended(this, wished, why);
      }
    }
  }

  private void endAll(String why) {
    long left = outbox.lastItem();
    Throwable failed = null;
    while (!hand.isEmpty()) {
      Long first = hand.keySet().iterator().next();
      Flight flight = Objects.requireNonNull(hand.remove(first)).flight;
      try {
        end(flight, first <= left, why);
      } catch (RuntimeException | Error e) { // as for want of memory: the others are not to suffer
        failed = e;
        fail(flight.source, e);
      }
    }
    if (failed instanceof Error error) {
      throw error;
    }
  }

  private static void fail(Source source, Throwable why) {
    try {
      source.fail(why);
    } catch (RuntimeException | Error again) {
      LoggerFactory.getLogger(FleetNode.class).error("a stream cannot be told of its end", again);
    }
  }

  private void end(Flight flight, boolean hasLeft, String why) {
    if (flight.source.isCancelled() || fleet.isFinishing()) { // the stream itself fails
      flight.source.discard(flight);
    } else if (hasLeft) {
      lose(flight, why);
    } else {
      fleet.giveBack(flight); // it never went there
    }
  }

  /** Nothing more is heard of its children. */
  private void tellGone(boolean wished, String why) {
    Death death = wished ? KILLED : death(why);
    for (Map.Entry<Long, Long> child : live.entrySet()) {
      Duration age = Duration.ofNanos(System.nanoTime() - child.getValue());
      ExitReason reason = wished ? ExitReason.STOPPED : ExitReason.of(death);
      fleet.hub().tell(new Event.Exit(id(child.getKey()), death, age, 0, Duration.ZERO, reason));
    }
    live.clear();
  }

  private Death death(String why) {
    String text = "node " + this + " was lost: " + why;
    return new Death(-1, Optional.empty(), Death.Cause.NODE_LOST, text);
  }

  private void lose(Flight flight, String why) {
    flight.attempts++; // it may have run
    if (flight.attempts <= fleet.options().retries()) {
      fleet.giveBack(flight);
      return;
    }
    fleet.deliver(Answer.aborted(flight, 0, Duration.ZERO, death(why)));
  }
}
