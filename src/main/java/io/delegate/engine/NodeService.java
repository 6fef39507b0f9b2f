package io.delegate.engine;

import io.delegate.link.Envelope;
import io.delegate.link.FileStore;
import io.delegate.link.LinkId;
import io.delegate.link.Mesh;
import io.delegate.link.Message;
import io.delegate.process.Departure;
import io.delegate.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A node of a cluster: children of this machine for the parents that are there. Each parent that
 * has something to do gets an equal share of them, at least one.
 */
public final class NodeService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeService.class);

  /** No member has so many parents. */
  private static final int MOST_OF_A_MEMBER = 256;

  /** Parents whose latest link is remembered, lest what comes late makes it anew. */
  private static final int REMEMBERED = 10_000;

  /** With more in hand this JVM would soon have no memory for anything else. */
  private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 2;

  /**
   * Parents are told to send half of that: a new one gets a part of what those before it may have
   * used already, and works and answers need room, too.
   */
  private static final int ROOM_PART = 2;

  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How soon it is seen that children of one parent have made room for those of another. */
  private static final long SOON_MILLIS = 50;

  private final Mesh mesh;
  private final Options machine;
  private final FileStore files;
  private final String version;
  private final long mostBytes;
  private final Mailbox mailbox;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final Departure.Stay stay;

  // all below in the mailbox
  private final List<Guest> guests = new ArrayList<>();
  private final Set<String> members = new HashSet<>();

  /** Since when those are being told of this node; who asks again meanwhile is told again. */
  private final Map<String, Long> telling = new HashMap<>();

  private final Set<String> askedAgain = new HashSet<>();

  /** When those were told of this node who spoke of a link that is none. */
  private final Map<String, Long> toldAgain = new HashMap<>();

  private final Map<Parent, Long> parents = new LinkedHashMap<>();

  /** Bytes of what is here of all parents: items, works, and what is to be said to them. */
  private final AtomicLong held = new AtomicLong();

  /** Whether it will be seen, in a while, who has nothing to do any more. */
  private boolean looking;

  private boolean lookingSoon;

  /** Counts what is said of links. */
  private final AtomicLong time = new AtomicLong();

  private boolean draining;
  private boolean closing;

  /** Nothing is left, and the cluster is being left. */
  private boolean leaving;

  /** There may be several in one member. */
  private record Parent(String member, long number) {}

  /**
   * A node in that cluster, which takes parents from now on.
   *
   * @param mesh the cluster; left at the end
   * @param machine what concerns this machine: number of children, heap, flags, sandbox, JDK,
   *     output
   * @param files where files of parents are kept
   * @param version of Delegate: that of the parents must be equal
   * @throws IOException when there is no place for files
   */
  public NodeService(Mesh mesh, Options machine, Path files, String version) throws IOException {
    this(mesh, machine, files, version, MOST_BYTES);
  }

  /**
   * The same, with another bound.
   *
   * @param mostBytes of items, works and answers that may be here at once; otherwise half of the
   *     heap
   */
  public NodeService(Mesh mesh, Options machine, Path files, String version, long mostBytes)
      throws IOException {
    this.mostBytes = mostBytes;
    this.mesh = mesh;
    this.machine = machine;
    this.files = new FileStore(files);
    this.version = version;
    this.mailbox = new Mailbox(machine.name(), Threads::run, this::settle);
    this.stay = Departure.stay(machine.exitGrace(), closed, this::depart);
    mesh.listen(new Ears());
  }

  /** This JVM ends: nobody is to send any more, and all that runs is about to be killed. */
  private void depart() {
    mailbox.post(
        () -> {
          draining = true;
          closing = true;
          guests.forEach(Guest::over);
        });
  }

  Mesh mesh() {
    return mesh;
  }

  FileStore files() {
    return files;
  }

  String version() {
    return version;
  }

  int java() {
    return Options.javaVersion(machine.launch().javaHome());
  }

  private final class Ears implements Mesh.Listener {
    @Override
    public void joined(String member) {
      mailbox.post(
          () -> {
            members.add(member);
            tellHere(member);
          });
    }

    @Override
    public void left(String member) {
      mailbox.post(
          () -> {
            members.remove(member);
            toldAgain.remove(member);
            telling.remove(member);
            askedAgain.remove(member);
            endAll(member);
          });
    }

    @Override
    public void received(String member, byte[] message) {
      try {
        Envelope envelope = Envelope.read(message);
        if (envelope.fromParent()) {
          mailbox.post(() -> came(member, envelope, message.length));
        }
      } catch (ProtocolException | RuntimeException | Error e) {
        log.debug("{}: {} has sent what cannot be read", machine.name(), member, e);
        mailbox.post(() -> endAll(member)); // something is missing now
      }
    }
  }

  private void endAll(String member) {
    guests.stream().filter(guest -> guest.member().equals(member)).forEach(Guest::over);
  }

  private void came(String member, Envelope envelope, long bytes) {
    boolean known = false;
    if (envelope.link().equals(LinkId.NONE)) {
      if (envelope.messages().stream().anyMatch(Message.Ask.class::isInstance)) {
        tellHere(member);
      }
      return;
    }
    LinkId link = envelope.link();
    Parent parent = new Parent(member, link.parent());
    long latest = parents.getOrDefault(parent, 0L);
    boolean isNew =
        link.count() > latest && guests.stream().noneMatch(one -> isLinkOf(one, member, link));
    if (isNew && members.contains(member) && !closing && hasRoomFor(member)) {
      // whoever begins anew has no more use for what was before
      guests.stream().filter(guest -> guest.isOf(member, link.parent())).forEach(Guest::over);
      remember(parent, link.count());
      long others = busy() + 1;
      int share = shareOf(others);
      int its = Math.min(share, freeFor(null, share));
      guests.add(new Guest(this, machine, files, member, link, its, roomOf(others)));
    }
    for (Guest guest : guests) {
      if (isLinkOf(guest, member, link)) {
        guest.came(envelope, bytes);
        known = true;
      }
    }
    if (!known && envelope.number() != Envelope.OUT_OF_TURN) {
      tellAgain(member); // what was said of its end may have been lost
    }
  }

  /** What comes for a link that is none may be much, and late. */
  private void tellAgain(String member) {
    long now = System.nanoTime();
    Long before = toldAgain.get(member);
    if (members.contains(member) && (before == null || now - before >= AGAIN_NANOS)) {
      toldAgain.put(member, now);
      tellHere(member);
    }
  }

  private boolean hasRoomFor(String member) {
    return guests.stream().filter(guest -> guest.member().equals(member)).count()
        < MOST_OF_A_MEMBER;
  }

  private void remember(Parent parent, long link) {
    parents.remove(parent);
    parents.put(parent, link);
    if (parents.size() > REMEMBERED) {
      parents.keySet().stream().filter(this::isAway).findFirst().ifPresent(parents::remove);
    }
  }

  private boolean isAway(Parent parent) {
    return guests.stream().noneMatch(guest -> guest.isOf(parent.member(), parent.number()));
  }

  private static boolean isLinkOf(Guest guest, String member, LinkId link) {
    return guest.member().equals(member) && guest.link().equals(link);
  }

  /** Without children where it takes nobody more. One at a time: it may take long. */
  private void tellHere(String member) {
    long now = System.nanoTime();
    Long since = telling.get(member);
    if (since != null && now - since < AGAIN_NANOS) { // nobody may ever know that it was lost
      askedAgain.add(member);
      return;
    }
    telling.put(member, now);
    int children = draining ? 0 : machine.children();
    byte[] here =
        new Envelope(
                false,
                LinkId.NONE,
                Envelope.OUT_OF_TURN,
                List.of(new Message.Here(machine.name(), children, tick(), links(member))))
            .toBytes();
    Threads.run(() -> send(member, here));
  }

  private void send(String member, byte[] here) {
    try {
      mesh.send(member, here)
          .whenComplete(
              (v, e) -> {
                if (e != null) {
                  log.debug("{}: {} was not told of this node", machine.name(), member, e);
                }
                mailbox.post(() -> told(member));
              });
    } catch (RuntimeException | Error e) {
      mailbox.post(() -> told(member));
      throw e;
    }
  }

  private void told(String member) {
    telling.remove(member);
    if (askedAgain.remove(member) && members.contains(member)) {
      tellHere(member);
    }
  }

  private List<LinkId> links(String member) {
    return guests.stream()
        .filter(guest -> guest.member().equals(member)) // until nothing of them runs any more
        .map(Guest::link)
        .toList();
  }

  /** Later than all that was said of links. Any thread. */
  long tick() {
    return time.incrementAndGet();
  }

  /** So many bytes more are here, or fewer. Any thread. */
  void holds(long more) {
    held.addAndGet(more);
  }

  /** Whoever has the most of them has to go where they are too many. Any thread. */
  void checkRoom() {
    if (held.get() > mostBytes) {
      mailbox.post(
          () -> {
            // what those have that were ended is on its way out
            List<Guest> staying = guests.stream().filter(guest -> !guest.isEnded()).toList();
            long now = staying.stream().mapToLong(Guest::bytes).sum();
            if (now > mostBytes) {
              staying.stream()
                  .max(Comparator.comparingLong(Guest::bytes))
                  .ifPresent(
                      guest ->
                          guest.refuse(
                              "%,d bytes of items, works and answers are on this node at once, of which it has room for %,d: send fewer or smaller ones (option window) or give the node's own JVM a larger heap (-Xmx)"
                                  .formatted(now, mostBytes)));
            }
          });
    }
  }

  private long busy() {
    long now = System.nanoTime();
    return guests.stream().filter(guest -> !guest.isAtRest(now)).count();
  }

  private int shareOf(long parents) {
    return draining ? 0 : Math.max(1, (int) (machine.children() / Math.max(1, parents)));
  }

  /**
   * Children that a guest, or a new one, may have beside those of others that have something to do;
   * where that is less than its share, it is seen again soon.
   */
  private int freeFor(@Nullable Guest guest, int share) {
    long now = System.nanoTime();
    int elsewhere =
        guests.stream()
            .filter(one -> one != guest && !one.isAtRest(now))
            .mapToInt(Guest::alive)
            .sum();
    int free = Math.max(1, machine.children() - elsewhere);
    if (free < share && !lookingSoon && (guest == null || !guest.isAtRest(now))) {
      lookingSoon = true;
      Future<?> unused =
          Threads.TIMER.schedule(
              () -> mailbox.post(() -> lookingSoon = false), SOON_MILLIS, TimeUnit.MILLISECONDS);
    }
    return free;
  }

  private long roomOf(long parents) {
    return mostBytes / ROOM_PART / Math.max(1, parents);
  }

  /**
   * Those that have nothing to do get as much as they would have if one of them began; their
   * children stay as far as there are more than others need.
   */
  private void settle() {
    long now = System.nanoTime();
    List<Guest> resting = new ArrayList<>();
    List<Guest> others = new ArrayList<>();
    guests.forEach(guest -> (guest.isAtRest(now) ? resting : others).add(guest));
    int share = shareOf(others.size());
    long room = roomOf(others.size());
    others.forEach(guest -> guest.share(share, share, freeFor(guest, share), room));
    int warm = Math.max(0, machine.children() - share * others.size());
    if (others.isEmpty()) {
      warm = machine.children();
    }
    Map<Guest, Long> usedAt = new HashMap<>(); // it may change while they are sorted
    resting.forEach(guest -> usedAt.put(guest, guest.usedAt()));
    resting.sort(Comparator.comparingLong((Guest guest) -> now - usedAt.getOrDefault(guest, now)));
    int next = shareOf(others.size() + 1L);
    long nextRoom = roomOf(others.size() + 1L);
    for (Guest guest : resting) {
      guest.share(next, Math.min(next, warm), freeFor(guest, next), nextRoom);
      warm -= Math.min(next, warm);
    }
    if (guests.size() > 1 && !looking) { // nobody says that he rests
      looking = true;
      Future<?> unused =
          Threads.TIMER.schedule(
              () -> mailbox.post(() -> looking = false), Guest.REST_NANOS, TimeUnit.NANOSECONDS);
    }
    if (closing && guests.isEmpty() && !leaving) {
      leaving = true;
      Threads.run(
          () -> {
            try {
              mesh.close();
            } finally {
              stay.left();
              closed.complete(null);
            }
          });
    }
  }

  /** A parent has something to do after a rest. Any thread. */
  void changed() {
    mailbox.post(() -> {});
  }

  /** Nothing of it is left, and its parent knows. Any thread. */
  void gone(Guest guest) {
    mailbox.post(
        () -> {
          guests.remove(guest);
          if (members.contains(guest.member())) {
            tellHere(guest.member()); // which tells it, too, if it thinks that the link goes on
          }
        });
  }

  /**
   * Takes no more items; those that have come may end within the grace, then all is killed.
   *
   * @param grace how long
   * @return when subscribed, begins; completes when nothing is left and the cluster was left
   */
  public Mono<Void> drain(Duration grace) {
    return Mono.defer(
        () -> {
          mailbox.post(
              () -> {
                draining = true;
                closing = true;
              });
          var unused =
              Threads.TIMER.schedule(this::killAll, grace.toMillis(), TimeUnit.MILLISECONDS);
          closed.whenComplete((v, e) -> unused.cancel(false));
          return Mono.fromFuture(closed, true);
        });
  }

  /** When nothing is left of it, and it has left the cluster. */
  public Mono<Void> onClose() {
    return Mono.fromFuture(closed, true);
  }

  private void killAll() {
    mailbox.post(() -> guests.forEach(Guest::over));
  }

  /** Kills all that runs, and waits until nothing is left. */
  @Override
  public void close() {
    drain(Duration.ZERO).block();
  }
}
