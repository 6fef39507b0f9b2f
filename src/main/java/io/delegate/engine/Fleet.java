package io.delegate.engine;

import io.delegate.DelegateException;
import io.delegate.Event;
import io.delegate.Trust;
import io.delegate.codec.Codecs;
import io.delegate.link.Digest;
import io.delegate.link.Envelope;
import io.delegate.link.Jar;
import io.delegate.link.Job;
import io.delegate.link.LinkId;
import io.delegate.link.Mesh;
import io.delegate.link.Message;
import io.delegate.link.Shelf;
import io.delegate.link.Terms;
import io.delegate.process.ClassPath;
import io.delegate.process.Departure;
import io.delegate.process.PrivateDirectory;
import io.delegate.wire.ProtocolException;
import io.delegate.wire.WorkFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Runs works on the nodes of a cluster. Items wait here, and go to whichever node has least to do
 * for its size; what is sent there may begin at once. So an item of which a node has not said that
 * it did not begin is never sent to another, unless the user has asked for retries.
 */
public final class Fleet extends Host {
  private static final Logger log = LoggerFactory.getLogger(Fleet.class);

  /** How long nodes may take to say that all is dead, when we end. */
  private static final long LAST_WORDS_SECONDS = 15;

  /**
   * What a node may take for an answer besides the limit of the item before it is asked whether it
   * is there, and then for that answer. As long, a member that was asked may yet say that it is a
   * node.
   */
  private static final Duration BACK_STOP = Duration.ofSeconds(30);

  /** After how long without any node somebody should hear of it, when items wait. */
  private static final long LONELY_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * How often members that have not said that they are nodes are asked again while there are
   * streams: what was said may have been lost.
   */
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Before what failed for want of memory is tried again. */
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Of a load that is a sum of thousands of fractions. */
  private static final double ROUNDING = 1e-6;

  private final Options options;
  private final Mesh mesh;
  private final String version;
  private final WorkBook works;
  private final Turns turns = new Turns();
  private final Mailbox mailbox;
  private final Alarm looks;
  private final Departure.Stay stay;
  private final Shelf shelf = new Shelf(this::directory);

  /** Of the shelf; swept by the next of this user where we are killed. */
  private final AtomicReference<@Nullable PrivateDirectory> directory = new AtomicReference<>();

  private final Map<Integer, Job> jobs = new ConcurrentHashMap<>();
  private final long number = new SplittableRandom().nextLong();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** Those that take items, for the streams to read. */
  private volatile List<FleetNode> open = List.of();

  private volatile boolean accepting = true;

  // all below in the mailbox
  private final Map<String, FleetNode> nodes = new LinkedHashMap<>();
  private final Roster roster = new Roster(BACK_STOP.toNanos());
  private long askedAgainAt = System.nanoTime();

  /** What was told last of what there is to do, and from when on that may be told again. */
  private Event.@Nullable Load load;

  private long loadAt = System.nanoTime();

  /** An item that found no room for its bytes, and the node that takes no other before it. */
  private @Nullable Flight crowdedOut;

  private @Nullable FleetNode kept;

  /** Whether that item still waits. */
  private boolean stillWaits;

  /** Since when items wait and there is no node; 0 if that is not so. */
  private long lonelySince;

  private final Set<Source> sources = new HashSet<>();
  private final Set<Source> answered = new HashSet<>();
  private final Set<Shipped> paced = new HashSet<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private Message.@Nullable Open opening;
  private long links;
  private boolean finishing;
  private boolean terminated;
  private boolean told;

  /** Somebody waits for so many children. */
  private record Waiter(int children, CompletableFuture<Void> done) {}

  /**
   * Nodes of that cluster, once it has joined.
   *
   * @param options checked; what concerns the machine is not used
   * @param mesh the cluster; left at the end
   * @param version of Delegate: that of the nodes must be equal
   */
  public Fleet(Options options, Mesh mesh, String version) {
    super(options);
    this.options = options;
    this.mesh = mesh;
    this.version = version;
    this.works = new WorkBook(options.launch(), options.maxFrame(), options.codec());
    this.mailbox = new Mailbox(options.name(), Threads::run, this::settle);
    this.looks = Alarm.by(null, () -> post(this::look));
    this.stay = Departure.stay(options.exitGrace(), closed, this::dispose);
  }

  Mesh mesh() {
    return mesh;
  }

  void post(Runnable what) {
    mailbox.post(what);
  }

  // ---- the cluster

  /**
   * Takes part in the cluster from now on. Blocks until it has joined.
   *
   * @return this
   * @throws IOException when it cannot, or its class path cannot be read
   */
  public Fleet join() throws IOException {
    try {
      List<Jar> classPath = shelf.of(ClassPath.files(options.launch()));
      opening = new Message.Open(version, terms(), classPath);
      mesh.listen(new Ears());
      return this;
    } catch (UncheckedIOException e) {
      giveUp();
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      giveUp();
      throw e;
    }
  }

  private void giveUp() {
    stay.left();
    accepting = false;
    leaveCluster();
  }

  private void leaveCluster() {
    PrivateDirectory of = directory.getAndSet(null);
    try (of) {
      mesh.close();
    } catch (RuntimeException e) {
      log.warn("{}: something is left of the cluster", options.name(), e);
    }
  }

  private Path directory() {
    PrivateDirectory made = PrivateDirectory.create();
    directory.set(made);
    return made.path();
  }

  private Terms terms() throws IOException {
    Object task = options.initializer();
    Job initializer = task == null ? null : job(works.initializer(task));
    return new Terms(
        options.name(),
        options.window(),
        options.limit(),
        options.silenceLimit(),
        options.slowLimit(),
        options.startLimit(),
        options.queueLimit(),
        options.spares(),
        options.retries(),
        options.retryHeap(),
        options.maxItems(),
        options.maxMemory(),
        options.maxAge(),
        options.idleLimit(),
        options.maxFrame(),
        Codecs.inChild(options.codec()),
        options.trust() == Trust.TRUSTED,
        options.launch().jvmArgs(),
        initializer);
  }

  private Job job(WorkFrame frame) throws IOException {
    List<Path> files = frame.urls().stream().map(url -> Path.of(URI.create(url))).toList();
    return new Job(frame.id(), shelf.of(files), frame.bytes());
  }

  private final class Ears implements Mesh.Listener {
    @Override
    public void joined(String member) {
      post(
          () -> {
            roster.joined(member);
            ask(member);
          });
    }

    @Override
    public void left(String member) {
      post(
          () -> {
            roster.left(member);
            FleetNode node = nodes.get(member);
            if (node != null) {
              node.lost("it has left the cluster, or cannot be reached");
            }
            failIfNoneHasHope(false);
          });
    }

    @Override
    public void received(String member, byte[] message) {
      try {
        Envelope envelope = Envelope.read(message);
        if (!envelope.fromParent()) {
          post(() -> came(member, envelope, message.length));
        }
      } catch (ProtocolException | RuntimeException | Error e) {
        log.debug("{}: {} has sent what cannot be read", options.name(), member, e);
        post(() -> unreadable(member, e)); // something is missing now
      }
    }
  }

  private void unreadable(String member, Throwable why) {
    FleetNode node = nodes.get(member);
    if (node != null) {
      node.lost("what it has sent cannot be read: " + why);
    }
  }

  private void ask(String member) {
    if (!finishing && roster.ask(member, System.nanoTime())) {
      sendAlone(
          member,
          new Envelope(true, LinkId.NONE, Envelope.OUT_OF_TURN, List.of(new Message.Ask())));
    }
  }

  /** Whether it comes or not. */
  private void sendAlone(String member, Envelope envelope) {
    byte[] bytes = envelope.toBytes();
    Threads.run(
        () ->
            mesh.send(member, bytes)
                .exceptionally(
                    e -> {
                      log.debug("{}: {} was not sent {}", options.name(), member, envelope, e);
                      return null;
                    }));
  }

  private void came(String member, Envelope envelope, long bytes) {
    FleetNode node = nodes.get(member);
    if (node != null && node.link().equals(envelope.link())) {
      node.came(envelope, bytes);
    } else if (envelope.link().equals(LinkId.NONE)) {
      for (Message message : envelope.messages()) {
        if (message instanceof Message.Here here) {
          here(member, here);
        }
      }
    } // what comes for a link that has ended is dropped
  }

  private void here(String member, Message.Here here) {
    FleetNode node = nodes.get(member);
    if (node != null) {
      node.heard(here);
    } else if (!finishing && here.children() > 0 && roster.mayBegin(member)) {
      FleetNode begun =
          new FleetNode(
              this, here.name(), member, roster.numberOf(member), new LinkId(number, ++links));
      nodes.put(member, begun);
      roster.begins(member);
      begun.open(Objects.requireNonNull(opening));
      lookLater();
    }
  }

  /** Files that a node does not have. */
  void send(Message.Want want, Outbox to) throws ProtocolException {
    for (Digest digest : want.files()) {
      Path file = shelf.find(digest);
      if (file == null) {
        throw new ProtocolException("it wants a file that nobody has offered: " + digest);
      }
      to.sayFile(digest, file);
    }
  }

  /** Sees whether nodes are there, after the time that one may take for an answer. */
  void lookLater() {
    looks.set(System.nanoTime() + BACK_STOP.toNanos());
  }

  void roomChanged() {
    List<FleetNode> now = nodes.values().stream().filter(node -> node.children() > 0).toList();
    open = now;
    if (!told && !now.isEmpty()) {
      told = true;
      hub().tell(new Event.Init(children()));
    }
    sources.forEach(Source::roomChanged);
  }

  /** A node has answered its first item. */
  void worked(FleetNode node) {
    roster.worked(node.member());
  }

  /** A node does not want us. */
  void refused(FleetNode node, String why) {
    log.warn("{}: node {} does not work for us: {}", options.name(), node, why);
    roster.refused(node.member());
    node.lost(why);
  }

  /** No child can be started on a node. */
  void barren(FleetNode node, String why) {
    log.warn("{}: no child can be started on node {}: {}", options.name(), node, why);
    roster.barren(node.member(), new DelegateException.StartFailed("node " + node + ": " + why));
    node.end();
    roomChanged();
    failIfNoneHasHope(true);
  }

  /** Nobody waits for nodes of which none can start a child; one that is unknown yet may. */
  private void failIfNoneHasHope(boolean oneHasFailed) {
    if (roster.anyBarren() && !finishing && !hasHope(oneHasFailed)) {
      failAll(roster.giveUp());
    }
  }

  /** {@code oneHasFailed}: then those that have failed as often, too, have had their tries. */
  private boolean hasHope(boolean oneHasFailed) {
    for (FleetNode node : nodes.values()) {
      String member = node.member();
      boolean works = node.inHand() > 0 && !oneHasFailed;
      if (!roster.isBarren(member) || (node.mayServe() && (works || roster.mayServe(member)))) {
        return true;
      }
    }
    Long until = roster.answersUntil(System.nanoTime());
    if (until != null) {
      looks.set(until);
    }
    return until != null || roster.anyRestsWithHope();
  }

  private void failAll(RuntimeException why) {
    for (Source source : List.copyOf(sources)) {
      try {
        turns.giveUp(source, this::deliver);
        turns.drop(source);
        source.fail(why);
      } catch (RuntimeException | Error e) { // as for want of memory: the others are not to suffer
        log.error("{}: a stream has ended, and may not know why", options.name(), e);
      }
    }
    waiters.forEach(waiter -> fail(waiter.done(), why));
    waiters.clear();
  }

  /** The link with a node has ended. */
  void ended(FleetNode node, boolean wished, String why) {
    String member = node.member();
    nodes.remove(member, node);
    if (!wished) {
      log.warn("{}: node {} is lost: {}", options.name(), node, why);
    }
    if (!node.isGone() && roster.contains(member)) { // it may think that the link goes on
      sendAlone(
          member,
          new Envelope(true, node.link(), Envelope.OUT_OF_TURN, List.of(new Message.Bye())));
    }
    roomChanged();
    long pause = roster.rests(member);
    if (pause > 0 && !finishing) {
      Future<?> unused =
          Threads.TIMER.schedule(() -> post(() -> rested(member)), pause, TimeUnit.MILLISECONDS);
    }
    failIfNoneHasHope(false);
  }

  private void rested(String member) {
    roster.rested(member);
    ask(member);
  }

  // ---- the drain

  private void settle() {
    if (terminated) {
      return;
    }
    try {
      dispatch();
    } catch (OutOfMemoryError e) { // what was given may not have gone
      looks.set(System.nanoTime() + AGAIN_NANOS);
      throw e;
    } finally { // it may end anywhere, and what is known is to be told
      tellAnswered();
    }
    waiters.removeIf(this::isMet);
    tellLoad();
    if (!accepting && !finishing && sources.isEmpty()) {
      finish(List.copyOf(nodes.values()));
    }
    if (finishing && nodes.isEmpty()) {
      terminate();
    }
  }

  private void dispatch() {
    paced.forEach(work -> work.pace().settle());
    paced.clear();
    if (!finishing) {
      stillWaits = false;
      turns.giveTo(this::take);
      if (!stillWaits && kept != null) {
        crowdedOut = null;
        kept = null;
        turns.giveTo(this::take); // what it was kept from
      }
      if (turns.anyWaits() && options.queueLimit() != null) {
        looks.set(System.nanoTime() + options.queueLimit().toNanos());
      }
      if (isWanted() && roster.hasStrangers()) {
        looks.set(askedAgainAt + ASK_AGAIN_NANOS);
      }
      seeWhetherAlone();
      even();
    }
    List.copyOf(nodes.values()).forEach(FleetNode::flush);
  }

  private void tellAnswered() {
    for (Iterator<Source> all = answered.iterator(); all.hasNext(); ) {
      try {
        all.next().tellAnswers();
        all.remove();
      } catch (OutOfMemoryError e) { // again, soon
        looks.set(System.nanoTime() + AGAIN_NANOS);
      }
    }
  }

  private void finish(List<FleetNode> all) {
    finishing = true;
    all.forEach(FleetNode::end);
    Future<?> late =
        Threads.TIMER.schedule(
            () -> post(() -> all.forEach(node -> node.lost("it did not say that all is dead"))),
            LAST_WORDS_SECONDS,
            TimeUnit.SECONDS);
    closed.whenComplete((v, e) -> late.cancel(false));
  }

  boolean isFinishing() {
    return finishing;
  }

  private void seeWhetherAlone() {
    if (!open.isEmpty() || !turns.anyWaits()) {
      lonelySince = 0;
    } else if (lonelySince == 0) {
      lonelySince = System.nanoTime();
      looks.set(lonelySince + LONELY_NANOS);
    }
  }

  private void tellAlone(long now) {
    if (lonelySince != 0 && now - lonelySince >= LONELY_NANOS) {
      log.warn(
          "{}: items wait for a node, and there is none; {} other members are in the cluster. See"
              + " whether nodes run, under these addresses, with the same name of the cluster and"
              + " with certificates that both sides trust",
          options.name(),
          roster.size());
      lonelySince = now;
    }
    if (lonelySince != 0) {
      looks.set(lonelySince + LONELY_NANOS);
    }
  }

  /**
   * Whether a node more would be of use: where there is one, items are asked for as it has room.
   */
  private boolean isWanted() {
    return !sources.isEmpty() || !waiters.isEmpty();
  }

  /** Strangers may be nodes whose word was lost, or ours on its way to them. */
  private void askAgain(long now) {
    if (isWanted() && now - askedAgainAt >= ASK_AGAIN_NANOS) {
      askedAgainAt = now;
      roster.strangers().forEach(this::ask);
    }
  }

  /** Where no more items wait here and children rest, they get some that wait elsewhere. */
  private void even() {
    if (open.size() < 2 || turns.waiting() > (crowdedOut == null ? 0 : 1)) {
      return;
    }
    int idle = 0;
    FleetNode fullest = null;
    for (FleetNode node : open) {
      idle += node.idle();
      if (node.recallable() != 0 && (fullest == null || node.surplus() > fullest.surplus())) {
        fullest = node;
      }
    }
    if (idle == 0 || fullest == null) {
      return;
    }
    long at = fullest.recallable();
    if (System.nanoTime() - at < 0) {
      looks.set(at);
    } else {
      fullest.recall(Math.min(idle, fullest.surplus()));
    }
  }

  private boolean take(Flight flight) {
    FleetNode best = null;
    FleetNode crowded = null;
    double least = 1 + ROUNDING;
    boolean wasOut = flight == crowdedOut;
    for (FleetNode node : open) {
      double load = fullness(node, flight.work);
      boolean mayTake = wasOut || node != kept || node.isLittle(flight);
      if (node.children() > 0 && load < least && mayTake) {
        if (node.hasRoomFor(flight)) {
          best = node;
          least = load;
        } else {
          crowded = node;
        }
      }
    }
    if (best == null) {
      keep(crowded, flight);
      return false;
    }
    try {
      Duration silence = backStop(flight); // first: what fails after it was given may give it twice
      if (silence != null) {
        looks.set(System.nanoTime() + silence.toNanos());
      }
      best.give(flight, silence);
    } catch (RuntimeException | Error e) { // it has not gone, and whatever was half said does not
      FleetNode broken = best;
      broken.breaks();
      post(() -> broken.lost("items cannot be sent to it: " + e)); // what comes back waits for that
      return false;
    }
    if (wasOut) {
      crowdedOut = null;
      kept = null;
    }
    return true;
  }

  /** Small items that come one after the other would never leave room for a large one. */
  private void keep(@Nullable FleetNode node, Flight flight) {
    boolean isLeft = flight == crowdedOut && kept != null && !open.contains(kept);
    if (node != null && (crowdedOut == null || isLeft)) {
      crowdedOut = flight;
      kept = node;
      node.keep();
    }
    stillWaits |= flight == crowdedOut;
  }

  /** Below zero where a child has nothing to do; 1 where it may have no more. */
  private static double fullness(FleetNode node, Shipped work) {
    return node.idle() > 0
        ? (double) node.inHand() / node.children() - 1
        : node.load() + node.cost(work);
  }

  /** As {@link LoadMeter} does of children here. */
  private void tellLoad() {
    if (!hub().active()) {
      return;
    }
    int idle = 0;
    int busy = 0;
    int inHand = 0;
    int most = 0;
    for (FleetNode node : nodes.values()) {
      idle += node.idle();
      busy += Math.max(0, node.children() - node.idle());
      inHand += node.inHand();
      most = Math.max(most, node.inHand() / Math.max(1, node.children()));
    }
    Event.Load now = new Event.Load(0, idle, busy, turns.waiting(), inHand, most, 0, 0);
    if (now.equals(load) || (load == null && idle + busy == 0)) {
      return;
    }
    long nanos = System.nanoTime();
    if (nanos - loadAt < 0) {
      looks.set(loadAt);
      return;
    }
    load = now;
    loadAt = nanos + LoadMeter.PAUSE_NANOS;
    hub().tell(now);
  }

  /** How long a node that has it may say nothing at all; null for ever. */
  private @Nullable Duration backStop(Flight flight) {
    Duration limit = options.limit() == null ? null : options.limit().limit(flight.work.median());
    return limit == null ? null : limit.plus(options.startLimit()).plus(BACK_STOP);
  }

  void giveBack(Flight flight) {
    if (flight.source.isCancelled()) {
      flight.source.discard(flight);
    } else {
      turns.giveBack(flight);
    }
  }

  /** An item has its answer. */
  void deliver(Answer answer) {
    Source source = answer.flight.source;
    if (source.isCancelled()) {
      return;
    }
    paced.add(answer.flight.work);
    if (hub().active()) {
      answer.share();
    }
    answered.add(source); // first what may fail for want of memory
    boolean unused = source.answer(answer);
    hub().answered(answer);
  }

  private void look() {
    looks.rang();
    long now = System.nanoTime();
    Duration limit = options.queueLimit();
    if (limit != null) {
      long next = turns.expire(limit, now, this::deliver);
      if (next != 0) {
        looks.set(next);
      }
    }
    for (FleetNode node : List.copyOf(nodes.values())) {
      long next = node.look(now, BACK_STOP.toNanos());
      if (next != 0) {
        looks.set(next);
      }
    }
    tellAlone(now);
    failIfNoneHasHope(false);
    askAgain(now);
  }

  // ---- streams

  @Override
  int children() {
    int all = 0;
    for (FleetNode node : open) {
      all += node.children();
    }
    return all;
  }

  /** One where there is no node: it waits for the first, and is seen to wait. */
  @Override
  int capacity(Shipped work) {
    int all = 0;
    for (FleetNode node : open) {
      all += node.target(work);
    }
    return Math.max(1, all);
  }

  @Override
  Shipped acquire(Object work, Object origin) {
    Shipped shipped = works.acquire(work, origin);
    try {
      if (shipped.frame().servedBy() != 0) {
        throw new DelegateException.NotShippable(
            "the work's classes are in memory only, and nodes are sent files: put them into a jar or"
                + " a directory",
            null);
      }
      if (!jobs.containsKey(shipped.id())) {
        jobs.put(shipped.id(), job(shipped.frame()));
      }
      return shipped;
    } catch (IOException e) {
      release(shipped);
      throw new DelegateException.NotShippable("the work's class path cannot be read: " + e, e);
    } catch (RuntimeException e) {
      release(shipped);
      throw e;
    }
  }

  Job job(Shipped work) {
    return Objects.requireNonNull(jobs.get(work.id()));
  }

  private void release(Shipped work) {
    works.release(
        work,
        id -> {
          jobs.remove(id);
          post(() -> nodes.values().forEach(node -> node.forget(id)));
        });
  }

  @Override
  boolean admit() {
    return turns.admit((long) children() * Math.max(1, options.window()), options.maxPending());
  }

  @Override
  void leave() {
    turns.leave();
  }

  @Override
  void open(Source source) {
    if (!accepting) {
      throw rejected();
    }
    post(
        () -> {
          if (finishing) {
            source.fail(rejected());
          } else {
            sources.add(source);
          }
        });
  }

  @Override
  void arrived(int count) {
    turns.arrived(count);
  }

  @Override
  void wake(Source source) {
    if (source.enter()) {
      post(() -> turns.join(source));
    } else {
      post(() -> {}); // the drain that found it empty may be at its end
    }
  }

  @Override
  void end(Source source, Shipped work, boolean clean) {
    post(
        () -> {
          sources.remove(source);
          if (!clean) {
            turns.drop(source);
          }
          nodes.values().forEach(node -> node.end(source));
          release(work);
        });
  }

  // ---- the front's wishes

  private static boolean fail(CompletableFuture<Void> done, Throwable why) {
    Threads.run(() -> done.completeExceptionally(why));
    return true;
  }

  /** So many children on all nodes together. */
  @Override
  public Mono<Void> spawn(int wanted) {
    return Mono.defer(
        () -> {
          CompletableFuture<Void> done = new CompletableFuture<>();
          post(
              () -> {
                if (!accepting || finishing) {
                  boolean unused = fail(done, rejected());
                } else {
                  waiters.add(new Waiter(wanted, done));
                }
              });
          return Mono.fromFuture(done, true)
              .doOnCancel(() -> post(() -> waiters.removeIf(waiter -> waiter.done() == done)));
        });
  }

  private boolean isMet(Waiter waiter) {
    if (finishing) {
      return fail(waiter.done(), rejected());
    }
    if (children() < waiter.children()) {
      return false;
    }
    Threads.run(() -> waiter.done().complete(null));
    return true;
  }

  /** Nothing: children belong to their nodes. */
  @Override
  public Mono<Void> cleanup() {
    return Mono.empty();
  }

  @Override
  public Mono<Boolean> makeArchive() {
    return Mono.just(false);
  }

  /** None of this machine. */
  @Override
  public List<Long> pids() {
    return List.of();
  }

  @Override
  public Mono<Void> finish() {
    return Mono.defer(
        () -> {
          accepting = false;
          post(() -> {});
          return Mono.fromFuture(closed, true);
        });
  }

  @Override
  public Mono<Void> finish(Duration grace) {
    return Mono.defer(
        () -> {
          accepting = false;
          if (grace.isZero() || grace.isNegative()) {
            dispose();
          } else {
            Future<?> end =
                Threads.TIMER.schedule(
                    this::dispose,
                    Math.min(grace.toMillis(), Integer.MAX_VALUE),
                    TimeUnit.MILLISECONDS);
            closed.whenComplete((v, e) -> end.cancel(false));
            post(() -> {});
          }
          return Mono.fromFuture(closed, true);
        });
  }

  @Override
  public Mono<Void> kill() {
    return Mono.defer(
        () -> {
          dispose();
          return Mono.fromFuture(closed, true);
        });
  }

  @Override
  public void dispose() {
    accepting = false;
    post(
        () -> {
          if (!finishing) {
            finish(List.copyOf(nodes.values()));
          }
        });
  }

  @Override
  public boolean isDisposed() {
    return !accepting;
  }

  private void terminate() {
    terminated = true;
    looks.close();
    RejectedExecutionException why = rejected();
    for (Source source : List.copyOf(sources)) {
      source.fail(why);
    }
    sources.clear();
    waiters.forEach(waiter -> fail(waiter.done(), why));
    waiters.clear();
    if (told) {
      hub().tell(new Event.Cleanup());
    }
    hub().close();
    Threads.run(
        () -> {
          leaveCluster();
          stay.left();
          closed.complete(null);
        });
  }
}
