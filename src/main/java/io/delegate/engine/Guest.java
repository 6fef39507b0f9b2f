package io.delegate.engine;

import io.delegate.Trust;
import io.delegate.codec.Codecs;
import io.delegate.link.Digest;
import io.delegate.link.Envelope;
import io.delegate.link.FileStore;
import io.delegate.link.Jar;
import io.delegate.link.Job;
import io.delegate.link.LinkId;
import io.delegate.link.Message;
import io.delegate.link.Order;
import io.delegate.link.Terms;
import io.delegate.process.LaunchSpec;
import io.delegate.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A parent on a node, from the beginning of its link to the death of the last child that ran for
 * it. Its children are its own: their class path and flags are, and none is to see what another
 * parent leaves behind.
 *
 * <p>What the parent says may be anything, as what a hostile child says may be: what makes no sense
 * ends the link.
 */
final class Guest {
  private static final Logger log = LoggerFactory.getLogger(Guest.class);

  private static final Pattern HEAP =
      Pattern.compile("-(?:Xmx|XX:MaxHeapSize=)(\\d{1,12})([kKmMgGtT]?)");

  /** So many may come before it is known how they are to be run; no parent says as much. */
  private static final int MOST_HELD = 100_000;

  /**
   * No parent sends more at once: as many as the largest window holds, for each child, as far ahead
   * as {@link Pace#windowAt} may go.
   */
  private static final int MOST_ITEMS_PER_CHILD = 1 << 17;

  /** A parent that runs one item now and then is not to have its children stopped each time. */
  static final long REST_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Some megabytes: for that many there is a word, which the parent waits for. */
  static final int PIECES_OF_LIFE = 16;

  /** After so long it has none that others would have room for. */
  private static final long SLEEP_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final NodeService node;
  private final Options machine;
  private final String member;
  private final LinkId link;
  private final Outbox outbox;
  private final Mailbox mailbox;
  private final Order order = new Order();
  private final FileStore.Delivery delivery;
  private final NodeHub hub = new NodeHub(this::say);

  // all below in the mailbox
  private final Map<Integer, Shipped> jobs = new HashMap<>();

  /** Bytes of all that have come, be it that they wait. */
  private final Map<Integer, Integer> works = new HashMap<>();

  private final Map<Long, NodeSource> streams = new HashMap<>();

  /** What has come while files of the class path are on their way. */
  private final ArrayDeque<Message> held = new ArrayDeque<>();

  /** Works whose files are on their way, with what has come for them. */
  private final Map<Integer, Late> late = new LinkedHashMap<>();

  /** Streams of those. */
  private final Map<Long, Late> lateStreams = new HashMap<>();

  private Message.@Nullable Open opened;
  private long pieces;
  private volatile @Nullable Pool pool;
  private int share;

  /** Bytes of items that it may have here. */
  private long room;

  /** How many children its pool may have. */
  private int most;

  /** It has rested for long, and has no children. */
  private boolean asleep;

  // read by the node, too
  private volatile boolean ended;
  private volatile long usedAt = System.nanoTime() - REST_NANOS;

  /** Items that have come and have not gone. */
  private final AtomicInteger inHand = new AtomicInteger();

  /** Bytes of those, of works, and of what is yet to be said. */
  private final AtomicLong bytes = new AtomicLong();

  /** So many messages wait for works whose files are on their way. */
  private int behind;

  /** A work that is not there yet, and what is to be done when it is. */
  private record Late(Job job, List<Message> behind) {}

  Guest(
      NodeService node,
      Options machine,
      FileStore files,
      String member,
      LinkId link,
      int share,
      long room) {
    this.node = node;
    this.room = room;
    this.machine = machine;
    this.member = member;
    this.link = link;
    this.share = share;
    this.outbox = new Outbox(node.mesh(), member, false, link, this::broken, this::weighs);
    this.mailbox = new Mailbox(machine.name(), Threads::run, () -> {});
    this.delivery = files.delivery();
  }

  String member() {
    return member;
  }

  boolean isOf(String someone, long parent) {
    return member.equals(someone) && link.parent() == parent;
  }

  /** Whether it has had nothing to do for a while. Any thread. */
  boolean isAtRest(long now) {
    return inHand.get() == 0 && now - usedAt >= REST_NANOS;
  }

  /** When it had something to do last. Any thread. */
  long usedAt() {
    return usedAt;
  }

  /** How many bytes of its items and answers are here. Any thread. */
  long bytes() {
    return bytes.get();
  }

  /** So many bytes more are here, or fewer. Any thread. */
  private void weighs(long more) {
    bytes.addAndGet(more);
    node.holds(more);
  }

  boolean isEnded() {
    return ended;
  }

  LinkId link() {
    return link;
  }

  // ---- from the parent

  /** Any thread. */
  void came(Envelope envelope, long bytes) {
    mailbox.post(
        () -> {
          if (ended) {
            cameLate(envelope, bytes);
            return;
          }
          List<Message> all = List.of();
          int taken = 0;
          try {
            if (envelope.number() == Envelope.OUT_OF_TURN) {
              outOfTurn(envelope);
              return;
            }
            all = order.came(envelope, bytes);
            while (!ended && taken < all.size()) {
              take(all.get(taken++));
            }
          } catch (ProtocolException e) {
            end("it broke the rules: " + e.getMessage());
          } catch (IOException e) {
            end("its files cannot be kept here: " + e);
          } catch (RuntimeException | Error e) { // half done is worse than ended
            log.error("{}: the link of {} ends", machine.name(), member, e);
            end("what it wants cannot be done here: " + e);
          }
          sendBack(all.subList(taken, all.size()));
        });
  }

  /** What comes when the link has ended here, and the parent does not know yet: it never begins. */
  private void cameLate(Envelope envelope, long bytes) {
    try {
      if (envelope.number() != Envelope.OUT_OF_TURN) {
        List<Message> messages = order.came(envelope, bytes); // none of one that has come already
        sendBack(messages);
        for (Message message : messages) {
          if (message instanceof Message.Ping ping) {
            say(new Message.Ping(ping.at(), true)); // what ran is not dead yet
          }
        }
      }
    } catch (ProtocolException e) {
      log.debug("{}: {} goes on to break the rules", machine.name(), member, e);
    }
  }

  /** The parent has given the link up, for a reason of its own. */
  private void outOfTurn(Envelope envelope) throws ProtocolException {
    for (Message message : envelope.messages()) {
      if (!(message instanceof Message.Bye)) {
        throw new ProtocolException("out of turn: " + message.getClass().getSimpleName());
      }
    }
    end("");
  }

  private void sendBack(List<Message> messages) {
    for (Message message : messages) {
      if (message instanceof Message.Items items) {
        back(items.items().stream().map(Message.Item::number).toList());
      }
    }
  }

  private void take(Message message) throws ProtocolException, IOException {
    if (message instanceof Job job && !works.containsKey(job.id())) {
      works.put(job.id(), job.bytes().length);
      weighs(job.bytes().length);
      node.checkRoom();
    }
    if (message instanceof Message.Piece piece) {
      delivery.came(piece);
      if (++pieces % PIECES_OF_LIFE == 0) {
        say(new Message.Want(List.of())); // a sign of life: they may take long, and we say nothing
      }
      goOn();
    } else if (message instanceof Message.Bye) {
      end("");
    } else if (message instanceof Message.Ping ping) {
      say(new Message.Ping(ping.at(), true));
    } else if (message instanceof Message.Follow follow) {
      hub.follow(follow.on());
    } else if (pool == null) {
      if (message instanceof Message.Items) {
        throw new ProtocolException("items before it was told that it may begin");
      }
      if (held.size() >= MOST_HELD) {
        throw new ProtocolException("more than " + MOST_HELD + " messages before it may begin");
      }
      held.add(message);
      goOn();
    } else {
      handle(message);
    }
  }

  /** As far as the files that are there allow. */
  private void goOn() throws ProtocolException {
    while (!ended && !held.isEmpty()) {
      Message next = held.getFirst();
      if (pool == null && next instanceof Message.Open open && isMissing(needs(open))) {
        return;
      }
      held.removeFirst();
      handle(next);
    }
    for (Late one : List.copyOf(late.values())) {
      if (!ended && !isMissing(one.job().classPath())) {
        forgetLate(one.job().id());
        handleAll(one);
      }
    }
  }

  private void handleAll(Late of) throws ProtocolException {
    int handled = 0;
    try {
      adopt(of.job());
      while (!ended && handled < of.behind().size()) {
        handle(of.behind().get(handled++));
      }
    } finally { // it may end anywhere
      sendBack(of.behind().subList(handled, of.behind().size()));
    }
  }

  private static List<Jar> needs(Message.Open open) {
    List<Jar> needs = new ArrayList<>(open.classPath());
    Job initializer = open.terms().initializer();
    needs.addAll(initializer == null ? List.of() : initializer.classPath());
    return needs;
  }

  /** Whether any of these is not here; then it was asked for. */
  private boolean isMissing(List<Jar> needed) throws ProtocolException {
    boolean missing = false;
    List<Digest> wanted = new ArrayList<>();
    for (Jar jar : needed) {
      if (node.files().find(jar) == null) {
        missing = true;
        if (delivery.expect(jar)) {
          wanted.add(jar.digest());
        }
      }
    }
    if (!wanted.isEmpty()) {
      say(new Message.Want(wanted));
    }
    return missing;
  }

  private void handle(Message message) throws ProtocolException {
    if (message instanceof Message.Open open) {
      open(open);
    } else if (message instanceof Job job) {
      if (jobs.containsKey(job.id()) || late.containsKey(job.id())) {
        throw new ProtocolException("a second work with the number " + job.id());
      }
      if (isMissing(job.classPath())) {
        late.put(job.id(), new Late(job, new ArrayList<>()));
      } else {
        adopt(job);
      }
    } else if (message instanceof Message.Forget forget) {
      weighs(-works.getOrDefault(forget.job(), 0));
      works.remove(forget.job());
      forgetLate(forget.job());
      Shipped job = jobs.remove(forget.job());
      if (job != null) {
        pool().release(job);
      }
    } else if (message instanceof Message.Begin begin) {
      Late its = late.get(begin.job());
      if (its == null) {
        begin(begin);
      } else {
        wait(begin, its);
        lateStreams.put(begin.stream(), its);
      }
    } else if (message instanceof Message.Items items) {
      Late its = lateStreams.get(items.stream());
      if (its == null) {
        items(items);
      } else {
        wait(items, its);
      }
    } else if (message instanceof Message.End over) {
      end(over);
    } else if (message instanceof Message.Recall recall) {
      recall(recall.most());
    } else {
      throw new ProtocolException("no parent says " + message.getClass().getSimpleName());
    }
  }

  private void wait(Message message, Late its) throws ProtocolException {
    boolean rested = isAtRest(System.nanoTime());
    its.behind().add(message);
    behind++;
    if (message instanceof Message.Items items) {
      counted(items.items().size(), bytes(items.items()));
      checkHand();
    }
    if (behind > MOST_HELD) {
      throw new ProtocolException("more than " + MOST_HELD + " messages for works without files");
    }
    if (rested) {
      node.changed();
    }
  }

  /** What has come for it is not behind it any more. */
  private void forgetLate(int job) {
    Late its = late.remove(job);
    if (its != null) {
      lateStreams.values().removeIf(one -> one.job().id() == job);
      its.behind().forEach(this::waitsNoMore);
    }
  }

  private void waitsNoMore(Message message) {
    behind--;
    if (message instanceof Message.Items items) {
      counted(-items.items().size(), -bytes(items.items()));
    }
  }

  private static long bytes(List<Message.Item> items) {
    return items.stream().mapToLong(item -> item.value().length).sum();
  }

  /** Whether there is too much of all. Any thread. */
  void checkRoom() {
    node.checkRoom();
  }

  private void checkHand() throws ProtocolException {
    node.checkRoom();
    if (inHand.get() > MOST_ITEMS_PER_CHILD * (long) machine.children()) {
      throw new ProtocolException(inHand + " items at once");
    }
  }

  private void adopt(Job job) throws ProtocolException {
    jobs.put(job.id(), pool().adopt(paths(job.classPath()), job.bytes()));
  }

  private void end(Message.End over) throws ProtocolException {
    Late its = lateStreams.remove(over.stream());
    if (its != null) { // nothing of it has begun, and nobody waits for what has come of it
      its.behind()
          .removeIf(
              message -> {
                boolean ofIt = isOf(message, over.stream());
                if (ofIt) {
                  waitsNoMore(message);
                }
                return ofIt;
              });
      return;
    }
    NodeSource stream = streams.remove(over.stream());
    if (stream != null) {
      stream.cancel();
      pool().end(stream, stream.work(), false);
    }
  }

  private static boolean isOf(Message message, long stream) {
    return message instanceof Message.Begin begin && begin.stream() == stream
        || message instanceof Message.Items items && items.stream() == stream;
  }

  /** The parent has children elsewhere that rest. */
  private void recall(int most) throws ProtocolException {
    int left = most - recallLate(most);
    pool().surrender(left, flights -> surrendered(flights, true));
  }

  /** What waits for files cannot begin soon; how many go back of those. */
  private int recallLate(int most) {
    List<Long> all = new ArrayList<>();
    for (Late its : late.values()) {
      List<Message> behind = its.behind();
      for (int i = behind.size() - 1; i >= 0 && all.size() < most; i--) {
        if (behind.get(i) instanceof Message.Items items) {
          List<Message.Item> waiting = items.items();
          int stay = Math.max(0, waiting.size() - (most - all.size()));
          List<Message.Item> back = waiting.subList(stay, waiting.size());
          back.forEach(item -> all.add(item.number()));
          counted(-back.size(), -bytes(back));
          behind.set(i, new Message.Items(items.stream(), List.copyOf(waiting.subList(0, stay))));
        }
      }
    }
    if (!all.isEmpty()) {
      back(all);
    }
    return all.size();
  }

  /** They have not begun, and will not. On the pool's thread. */
  private void surrendered(List<Flight> flights, boolean wished) {
    try {
      if (wished || !flights.isEmpty()) {
        back(flights.stream().map(flight -> flight.index).toList());
      }
      flights.forEach(flight -> ((NodeSource) flight.source).gone(1, flight.size));
    } catch (RuntimeException | Error e) { // the parent would wait for ever
      over();
      throw e;
    }
  }

  private Pool pool() throws ProtocolException {
    Pool known = pool;
    if (known == null) {
      throw new ProtocolException("it has not begun");
    }
    return known;
  }

  private void open(Message.Open open) throws ProtocolException {
    if (opened != null) {
      throw new ProtocolException("it begins twice");
    }
    opened = open;
    if (!open.version().equals(node.version())) {
      end(
          "it has version %s of Delegate, this node has %s; give both the same"
              .formatted(open.version(), node.version()));
      return;
    }
    String objection = objection(open.terms());
    if (objection != null) {
      end(objection);
      return;
    }
    most = Math.max(1, share);
    pool = Pool.ofParent(options(open), hub);
    say(new Message.Opened(share, room, node.java(), node.tick()));
  }

  /** What a node of this machine cannot give, or null. */
  private @Nullable String objection(Terms terms) {
    long heap = heap(machine.launch().jvmArgs());
    String again = terms.retryHeap();
    long wanted =
        Math.max(heap(terms.jvmArgs()), again == null ? 0 : heap(List.of("-Xmx" + again)));
    if (heap > 0 && wanted > heap) {
      return "it wants a heap of %,d bytes for a child, of which this node gives %,d (options heap and retryHeap)"
          .formatted(wanted, heap);
    }
    if (terms.maxFrame() > machine.maxFrame()) {
      return "it wants items and results of up to %,d bytes, of which this node takes %,d (option maxFrame)"
          .formatted(terms.maxFrame(), machine.maxFrame());
    }
    return null;
  }

  /** The heap that the last of these flags sets; 0 if none does. */
  private static long heap(List<String> flags) {
    long bytes = 0;
    for (String flag : flags) {
      Matcher heap = HEAP.matcher(flag);
      if (heap.matches()) {
        int shift =
            10
                * " kmgt"
                    .indexOf(
                        heap.group(2).isEmpty() ? " " : heap.group(2).toLowerCase(Locale.ROOT));
        bytes = Long.parseLong(heap.group(1)) << shift;
      }
    }
    return bytes;
  }

  private void begin(Message.Begin begin) throws ProtocolException {
    Shipped job = jobs.get(begin.job());
    if (job == null || streams.containsKey(begin.stream())) {
      throw new ProtocolException("a stream " + begin.stream() + " of the work " + begin.job());
    }
    NodeSource stream = new NodeSource(this, begin.stream(), pool().again(job));
    streams.put(begin.stream(), stream);
    pool().open(stream);
  }

  private void items(Message.Items items) throws ProtocolException {
    NodeSource stream = streams.get(items.stream());
    if (stream == null) {
      throw new ProtocolException("items of a stream that is none: " + items.stream());
    }
    boolean rested = isAtRest(System.nanoTime());
    int come = 0;
    for (Message.Item item : items.items()) {
      come += stream.add(item) ? 1 : 0;
    }
    pool().arrived(come);
    pool().wake(stream);
    checkHand();
    asleep = false;
    if (rested) {
      node.changed();
    }
  }

  /** Whether it counts how long an item waits. */
  boolean hasQueueLimit() {
    return opened != null && opened.terms().queueLimit() != null;
  }

  /** How many children it has, dying ones too. Any thread. */
  int alive() {
    Pool running = pool;
    return running == null ? 0 : running.alive();
  }

  /** So many items more are here, or fewer, of so many bytes. Any thread. */
  void counted(int more, long bytes) {
    inHand.addAndGet(more);
    weighs(bytes);
    usedAt = System.nanoTime();
  }

  // ---- to the parent

  /** Any thread. */
  void say(Message message) {
    outbox.say(message);
  }

  /** Items have not begun, and will not. Any thread. */
  void back(List<Long> items) {
    say(new Message.Back(items));
  }

  /**
   * It may use that many children, and fewer may stay while it has nothing to do. Any thread.
   *
   * @param warm those that stay; with 0 all end once it has rested for long
   * @param free so many there may be now: others may have more than they should, until those end
   * @param forItems bytes of items that it may have here
   */
  void share(int children, int warm, int free, long forItems) {
    mailbox.post(
        () -> {
          if (ended) {
            return;
          }
          Pool running = pool;
          int its = Math.min(children, Math.max(1, free));
          if (share != its || room != forItems) {
            share = its;
            room = forItems;
            if (running != null) {
              say(new Message.Room(share, room));
            }
          }
          long now = System.nanoTime();
          boolean rests = isAtRest(now);
          int limit = Math.max(1, rests ? Math.min(warm, share) : share);
          if (running != null && children > 0 && most != limit) {
            most = limit;
            running.limit(limit);
          }
          if (running != null && !asleep && rests && warm == 0 && now - usedAt > SLEEP_NANOS) {
            asleep = true;
            running.cleanup().subscribe();
          }
        });
  }

  /** Any thread. */
  private void broken(Throwable why) {
    log.debug("{}: nothing can be said to {}", machine.name(), member, why);
    over();
  }

  // ---- the end

  /** The parent is gone, or has begun anew: what runs for it is killed. Any thread. */
  void over() {
    log.debug("{}: the link {} of {} is over", machine.name(), link, member);
    mailbox.post(() -> end(""));
  }

  /** It cannot stay. Any thread. */
  void refuse(String why) {
    mailbox.post(() -> end(why));
  }

  /** {@code why}: is told, unless it is empty. */
  private void end(String why) {
    if (ended) {
      return;
    }
    ended = true;
    Pool running = pool;
    try {
      if (!why.isEmpty()) {
        log.warn("{}: the link of {} ends: {}", machine.name(), member, why);
      }
      letGo(running);
    } catch (RuntimeException | Error e) { // as for want of memory, which may be why it ends
      log.error("{}: what waited for {} is lost", machine.name(), member, e);
    } finally {
      if (running == null) {
        gone(why);
      } else {
        running.kill().subscribe(null, e -> gone(why), () -> gone(why));
      }
    }
  }

  /** What has not begun goes back. */
  private void letGo(@Nullable Pool running) {
    say(new Message.Room(0, 0));
    delivery.close();
    works.values().forEach(size -> weighs(-size));
    works.clear();
    List<Message> unbegun = new ArrayList<>();
    late.values()
        .forEach(
            one -> {
              unbegun.addAll(one.behind());
              one.behind().forEach(this::waitsNoMore);
            });
    held.clear();
    late.clear();
    lateStreams.clear();
    sendBack(unbegun);
    if (running != null) {
      List<NodeSource> all = List.copyOf(streams.values());
      running.surrenderAll(
          flights -> {
            try {
              surrendered(flights, false);
            } finally { // what else runs is killed, and nothing told of it
              all.forEach(NodeSource::cancel);
            }
          });
    }
  }

  /** Nothing of it runs any more: now, and not before, the parent may say that it was lost. */
  private void gone(String why) {
    if (!why.isEmpty()) {
      say(new Message.Refused(why));
    }
    // who hears of this node before he has heard that would take all for lost
    outbox.sayLast(new Message.Gone(), () -> node.gone(this));
  }

  // ---- terms

  private Options options(Message.Open open) {
    Terms terms = open.terms();
    LaunchSpec own = machine.launch();
    List<String> flags = new ArrayList<>(own.jvmArgs());
    flags.addAll(terms.jvmArgs());
    LaunchSpec launch =
        new LaunchSpec(
            own.javaHome(),
            flags,
            own.environment(),
            own.inherited(),
            own.workingDirectory(),
            own.scratch(),
            own.crashReports(),
            own.children(),
            files(open.classPath()),
            own.archives(),
            own.trusted() && terms.trusted(),
            own.addOpens(),
            own.mainClass(),
            own.launcher(),
            own.loader());
    Job first = terms.initializer();
    return new Options(
        terms.name(),
        Math.max(1, share),
        terms.window(),
        terms.limit(),
        terms.silenceLimit(),
        terms.slowLimit(),
        terms.startLimit(),
        terms.queueLimit(),
        Integer.MAX_VALUE,
        terms.spares(),
        terms.retries(),
        terms.retryHeap(),
        terms.maxItems(),
        terms.maxMemory(),
        terms.maxAge(),
        terms.idleLimit(),
        machine.exitGrace(),
        terms.maxFrame(),
        null,
        first == null ? null : new SentTask(paths(first.classPath()), first.bytes()),
        machine.output(),
        Codecs.named(terms.codec()),
        terms.trusted() ? machine.trust() : Trust.UNTRUSTED,
        List.of(),
        List.of(), // they would have errors of children decoded here
        List.of(),
        null,
        launch,
        machine.wrapped());
  }

  private List<Path> files(List<Jar> jars) {
    return jars.stream().map(jar -> Objects.requireNonNull(node.files().find(jar))).toList();
  }

  private List<String> paths(List<Jar> jars) {
    return files(jars).stream().map(file -> file.toUri().toString()).toList();
  }
}
