package io.delegate.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import io.delegate.link.Mesh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Somebody in a cluster of Hazelcast, of whom one member may have several. They learn of each other
 * by greetings: who comes greets all members, and each answers who else is there. An address is the
 * member's number, which is never used again, and one of its own.
 */
final class HazelcastMesh implements Mesh {
  private static final Logger log = LoggerFactory.getLogger(HazelcastMesh.class);

  /** A member that was greeted too early, or is busy, is greeted again. */
  private static final int GREETINGS = 60;

  private static final long PAUSE_MILLIS = 1_000;

  /** So many that have left are remembered: messages are not late by as many comings and goings. */
  private static final int REMEMBERED = 10_000;

  private final HazelcastInstance instance;
  private final String cluster;
  private final IExecutorService executor;
  private final Lobby lobby;
  private final int number;

  // below, all under the lock of this
  private final Set<String> seen = new HashSet<>();

  /** Those that have said lately that they leave: what comes of them later is late. */
  private final Set<String> gone = new LinkedHashSet<>();

  private @Nullable Listener listener;
  private @Nullable UUID membership;
  private @Nullable UUID lifecycle;
  private boolean closed;

  HazelcastMesh(HazelcastInstance instance, String cluster) {
    this.instance = instance;
    this.cluster = cluster;
    this.executor = instance.getExecutorService("delegate:" + cluster);
    this.lobby = Lobby.of(instance, cluster);
    this.number = lobby.numbers.incrementAndGet();
  }

  /** All of one cluster in one member of Hazelcast. */
  private static final class Lobby {
    final Map<Integer, HazelcastMesh> present = new ConcurrentHashMap<>();
    final AtomicInteger numbers = new AtomicInteger();

    static Lobby of(HazelcastInstance instance, String cluster) {
      return (Lobby)
          instance
              .getUserContext()
              .computeIfAbsent("io.delegate.cluster/" + cluster, key -> new Lobby());
    }
  }

  private enum Kind {
    HELLO,
    BYE,
    MESSAGE
  }

  /** Runs on the member it goes to, and returns who is there for it. */
  private static final class Call
      implements Callable<List<String>>, HazelcastInstanceAware, DataSerializable {
    private @Nullable HazelcastInstance at;
    private String cluster = "";
    private Kind kind = Kind.HELLO;
    private String from = "";

    /** Its number; 0 for all. */
    private int to;

    private byte[] bytes = {};

    /** For Hazelcast. */
    @SuppressWarnings("unused")
    private Call() {}

    Call(String cluster, Kind kind, String from, int to, byte[] bytes) {
      this.cluster = cluster;
      this.kind = kind;
      this.from = from;
      this.to = to;
      this.bytes = bytes;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance instance) {
      at = instance;
    }

    @Override
    public List<String> call() {
      HazelcastInstance here = Objects.requireNonNull(at);
      List<String> present = new ArrayList<>();
      for (HazelcastMesh mesh : Lobby.of(here, cluster).present.values()) {
        if ((to == 0 || to == mesh.number) && !mesh.address().equals(from)) {
          String address = mesh.address();
          if (mesh.came(this)) {
            present.add(address);
          }
        }
      }
      return present;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
      out.writeString(cluster);
      out.writeByte(kind.ordinal());
      out.writeString(from);
      out.writeInt(to);
      out.writeByteArray(bytes);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
      cluster = Objects.requireNonNull(in.readString());
      kind = Kind.values()[in.readByte()];
      from = Objects.requireNonNull(in.readString());
      to = in.readInt();
      bytes = Objects.requireNonNull(in.readByteArray());
    }
  }

  /** Its member's number changes where two halves of a cluster become one again. */
  private String address() {
    return instance.getCluster().getLocalMember().getUuid() + "/" + number;
  }

  @Override
  public void listen(Listener to) {
    synchronized (this) {
      listener = to;
      membership =
          instance
              .getCluster()
              .addMembershipListener(
                  new MembershipListener() {
                    @Override
                    public void memberAdded(MembershipEvent event) {
                      greet(event.getMember(), GREETINGS);
                    }

                    @Override
                    public void memberRemoved(MembershipEvent event) {
                      missThoseThatLeft();
                    }
                  });
      lifecycle =
          instance
              .getLifecycleService()
              .addLifecycleListener(
                  event -> {
                    if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
                      missThoseThatLeft();
                      greetAll();
                    } else if (event.getState() == LifecycleEvent.LifecycleState.SHUTDOWN) {
                      missAll();
                    }
                  });
    }
    lobby.present.put(number, this);
    greetAll();
  }

  private Set<String> members() {
    Set<String> all = new HashSet<>();
    instance.getCluster().getMembers().forEach(member -> all.add(member.getUuid().toString()));
    return all;
  }

  /** The number of its member; of what is no address, nobody's. */
  private static String memberOf(String address) {
    return address.substring(0, Math.max(0, address.indexOf('/')));
  }

  private void greetAll() {
    instance.getCluster().getMembers().forEach(member -> greet(member, GREETINGS));
  }

  private void greet(Member member, int tries) {
    call(
        member,
        new Call(cluster, Kind.HELLO, address(), 0, new byte[0]),
        present -> present.forEach(this::meets),
        thrown -> {
          log.debug("{} was not greeted", member, thrown);
          if (tries > 1) {
            CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                .execute(() -> greetAgain(member, tries - 1));
          }
        });
  }

  private void greetAgain(Member member, int tries) {
    try {
      if (!isClosed() && instance.getCluster().getMembers().contains(member)) {
        greet(member, tries);
      }
    } catch (HazelcastInstanceNotActiveException over) {
      // and nobody is greeted any more
    }
  }

  private void call(
      Member member, Call what, Consumer<List<String>> done, Consumer<Throwable> failed) {
    try {
      executor.submitToMember(
          what,
          member,
          new ExecutionCallback<List<String>>() {
            @Override
            public void onResponse(@Nullable List<String> present) {
              done.accept(present == null ? List.of() : present);
            }

            @Override
            public void onFailure(Throwable thrown) {
              failed.accept(thrown);
            }
          });
    } catch (RuntimeException e) { // it shuts down
      failed.accept(e);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Whether it was taken. */
  private boolean came(Call call) {
    return switch (call.kind) {
      case HELLO -> meets(call.from);
      case BYE -> leaves(call.from);
      case MESSAGE -> received(call.from, call.bytes);
    };
  }

  private synchronized boolean meets(String other) {
    if (!closed && seen.contains(other)) {
      return true;
    }
    if (closed || gone.contains(other) || !members().contains(memberOf(other))) {
      return false;
    }
    seen.add(other);
    Objects.requireNonNull(listener).joined(other);
    return true;
  }

  private synchronized boolean leaves(String other) {
    gone.add(other);
    if (gone.size() > REMEMBERED) {
      gone.remove(gone.iterator().next());
    }
    if (seen.remove(other)) {
      Objects.requireNonNull(listener).left(other);
    }
    return true;
  }

  /** This member was shut down by its owner: nobody is heard of any more. */
  private synchronized void missAll() {
    List<String> all = List.copyOf(seen);
    seen.clear();
    if (!closed) {
      all.forEach(Objects.requireNonNull(listener)::left);
    }
  }

  private synchronized void missThoseThatLeft() {
    Set<String> members = members();
    for (String other : List.copyOf(seen)) {
      if (!members.contains(memberOf(other))) {
        seen.remove(other);
        Objects.requireNonNull(listener).left(other);
      }
    }
    gone.removeIf(other -> !members.contains(memberOf(other)));
  }

  /** One that speaks is there, though its greeting may come later. */
  private synchronized boolean received(String from, byte[] message) {
    if (meets(from)) {
      try {
        Objects.requireNonNull(listener).received(from, message);
        return true;
      } catch (RuntimeException | Error e) { // as for want of memory: it is lost
        seen.remove(from);
        Objects.requireNonNull(listener).left(from);
        boolean unused = meets(from);
        throw e;
      }
    }
    return false;
  }

  @Override
  public CompletionStage<Void> send(String to, byte[] message) {
    CompletableFuture<Void> taken = new CompletableFuture<>();
    try {
      send(to, message, taken);
    } catch (RuntimeException e) { // it shuts down, or that is no address
      taken.completeExceptionally(e);
    }
    return taken;
  }

  private void send(String to, byte[] message, CompletableFuture<Void> taken) {
    String id = memberOf(to);
    Member member =
        instance.getCluster().getMembers().stream()
            .filter(one -> one.getUuid().toString().equals(id))
            .findAny()
            .orElse(null);
    if (member == null) {
      taken.completeExceptionally(new IOException(to + " is not in the cluster"));
      return;
    }
    int there = Integer.parseInt(to.substring(id.length() + 1));
    call(
        member,
        new Call(cluster, Kind.MESSAGE, address(), there, message),
        present -> {
          if (present.isEmpty()) {
            taken.completeExceptionally(new IOException(to + " has left the cluster"));
          } else {
            taken.complete(null);
          }
        },
        taken::completeExceptionally);
  }

  @Override
  public void close() {
    UUID members;
    UUID states;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      members = membership;
      states = lifecycle;
    }
    lobby.present.remove(number);
    try {
      if (instance.getLifecycleService().isRunning()) { // else nobody sees it any more
        stopListening(members, states);
        sayBye();
      }
    } catch (HazelcastInstanceNotActiveException since) {
      // as well
    }
  }

  private void stopListening(@Nullable UUID members, @Nullable UUID states) {
    if (members != null) {
      instance.getCluster().removeMembershipListener(members);
    }
    if (states != null) {
      instance.getLifecycleService().removeLifecycleListener(states);
    }
  }

  private void sayBye() {
    Call bye = new Call(cluster, Kind.BYE, address(), 0, new byte[0]);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (Member member : instance.getCluster().getMembers()) {
      CompletableFuture<Void> heard = new CompletableFuture<>();
      all.add(heard);
      call(member, bye, present -> heard.complete(null), thrown -> heard.complete(null));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, PAUSE_MILLIS, TimeUnit.MILLISECONDS)
        .join();
  }
}
