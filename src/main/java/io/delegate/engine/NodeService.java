package io.delegate.engine;

import io.delegate.link.Envelope;
import io.delegate.link.FileStore;
import io.delegate.link.LinkId;
import io.delegate.link.Mesh;
import io.delegate.link.Message;
import io.delegate.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A node of a cluster: children of this machine for the parents that are there. Each parent that
 * has something to do gets an equal share of them, at least one.
 */
public final class NodeService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeService.class);

  private final Mesh mesh;
  private final Options machine;
  private final FileStore files;
  private final String version;
  private final Mailbox mailbox;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  // all below in the mailbox
  private final List<Guest> guests = new ArrayList<>();
  private final Set<String> members = new HashSet<>();
  private final Map<Parent, Long> parents = new HashMap<>();
  private long time;

  /** Whether it will be seen, in a while, who has nothing to do any more. */
  private boolean looking;

  private boolean draining;
  private boolean closing;

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
    this.mesh = mesh;
    this.machine = machine;
    this.files = new FileStore(files);
    this.version = version;
    this.mailbox = new Mailbox(machine.name(), Threads::run, this::settle);
    mesh.listen(new Ears());
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
            parents.keySet().removeIf(parent -> parent.member().equals(member));
            guests.stream().filter(guest -> guest.member().equals(member)).forEach(Guest::over);
          });
    }

    @Override
    public void received(String member, byte[] message) {
      try {
        Envelope envelope = Envelope.read(message);
        if (envelope.fromParent()) {
          mailbox.post(() -> came(member, envelope));
        }
      } catch (ProtocolException | RuntimeException e) {
        log.debug("{}: {} has sent what is no envelope", machine.name(), member, e);
      }
    }
  }

  private void came(String member, Envelope envelope) {
    if (envelope.link().equals(LinkId.NONE)) {
      if (envelope.messages().stream().anyMatch(Message.Ask.class::isInstance)) {
        tellHere(member);
      }
      return;
    }
    LinkId link = envelope.link();
    Parent parent = new Parent(member, link.parent());
    long latest = parents.getOrDefault(parent, 0L);
    if (link.count() > latest && members.contains(member)) {
      // whoever begins anew has no more use for what was before
      guests.stream().filter(guest -> guest.isOf(member, link.parent())).forEach(Guest::over);
      parents.put(parent, link.count());
      guests.add(new Guest(this, machine, files, member, link, shareOf(guests.size() + 1)));
    }
    for (Guest guest : guests) {
      if (guest.member().equals(member) && guest.link().equals(link)) {
        guest.came(envelope); // what comes for a link that has ended is dropped
      }
    }
  }

  private void tellHere(String member) {
    if (!draining) {
      byte[] here =
          new Envelope(
                  false,
                  LinkId.NONE,
                  0,
                  List.of(
                      new Message.Here(machine.name(), machine.children(), ++time, links(member))))
              .toBytes();
      Threads.run(
          () ->
              mesh.send(member, here)
                  .exceptionally(
                      e -> {
                        log.debug("{}: {} was not told of this node", machine.name(), member, e);
                        return null;
                      }));
    }
  }

  private List<LinkId> links(String member) {
    return guests.stream()
        .filter(guest -> guest.member().equals(member) && !guest.isEnded())
        .map(Guest::link)
        .toList();
  }

  /** A parent may send items. Any thread. */
  void opened(Guest guest, int share) {
    mailbox.post(() -> guest.say(new Message.Opened(share, java(), ++time)));
  }

  private int shareOf(long parents) {
    return draining ? 0 : Math.max(1, (int) (machine.children() / Math.max(1, parents)));
  }

  /** Those that have nothing to do get as much as they would have if one of them began. */
  private void settle() {
    long now = System.nanoTime();
    long busy = guests.stream().filter(guest -> !guest.isAtRest(now)).count();
    for (Guest guest : guests) {
      guest.share(shareOf(guest.isAtRest(now) ? busy + 1 : busy));
    }
    if (busy > 1 && !looking) {
      looking = true;
      Future<?> unused =
          Threads.TIMER.schedule(
              () -> mailbox.post(() -> looking = false), Guest.REST_NANOS, TimeUnit.NANOSECONDS);
    }
    if (closing && guests.isEmpty()) {
      Threads.run(
          () -> {
            try {
              mesh.close();
            } finally {
              closed.complete(null);
            }
          });
    }
  }

  /** A parent has something to do. Any thread. */
  void used() {
    mailbox.post(() -> {});
  }

  /** Nothing of it is left. Any thread. */
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

  private void killAll() {
    mailbox.post(() -> guests.forEach(Guest::over));
  }

  /** Kills all that runs, and waits until nothing is left. */
  @Override
  public void close() {
    drain(Duration.ZERO).block();
  }
}
