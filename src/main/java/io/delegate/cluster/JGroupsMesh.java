package io.delegate.cluster;

import io.delegate.link.Mesh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members of a JGroups cluster. Its unicasts come once and in order for as long as both are in each
 * other's views; what was under way when one leaves may be lost, and then the link has ended, too.
 */
final class JGroupsMesh implements Mesh {
  private static final Logger log = LoggerFactory.getLogger(JGroupsMesh.class);

  /** So many messages of those who have not joined yet are kept: they may be ahead of us. */
  private static final int MOST_EARLY = 256;

  /** And so many bytes. */
  private static final long MOST_EARLY_BYTES = 16 << 20;

  /** Many times what a message takes to be on its way. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final JChannel channel;
  private final String cluster;

  private volatile long sentAt = System.nanoTime() - LINGER_NANOS;

  // below, all under the lock of this
  private final Map<String, Address> members = new LinkedHashMap<>();
  private final Map<String, Queue<byte[]>> early = new HashMap<>();
  private int earlyMessages;
  private long earlyBytes;
  private @Nullable Listener listener;

  JGroupsMesh(JChannel channel, String cluster) {
    this.channel = channel;
    this.cluster = cluster;
  }

  @Override
  public void listen(Listener to) {
    synchronized (this) {
      listener = to;
    }
    channel.setReceiver(new Ears());
    try {
      channel.connect(cluster);
    } catch (Exception e) {
      throw new UncheckedIOException(
          new IOException("cannot join cluster \"" + cluster + "\": " + e.getMessage(), e));
    }
  }

  private final class Ears implements Receiver {
    @Override
    public void receive(Message message) {
      if (message instanceof BytesMessage) {
        String from = nameOf(message.getSrc());
        try {
          byte[] bytes = new byte[message.getLength()];
          System.arraycopy(message.getArray(), message.getOffset(), bytes, 0, bytes.length);
          came(from, bytes);
        } catch (RuntimeException | Error e) { // as for want of memory: it is lost
          again(from);
          throw e;
        }
      }
    }

    @Override
    public void viewAccepted(View view) {
      changed(view);
    }
  }

  /** Its number, which is never used again: its name may be. */
  private static String nameOf(Address address) {
    return address instanceof UUID uuid ? uuid.toStringLong() : address.toString();
  }

  private synchronized void came(String from, byte[] message) {
    if (members.containsKey(from)) {
      Objects.requireNonNull(listener).received(from, message);
    } else if (earlyMessages < MOST_EARLY && earlyBytes + message.length <= MOST_EARLY_BYTES) {
      early.computeIfAbsent(from, any -> new ArrayDeque<>()).add(message);
      earlyMessages++;
      earlyBytes += message.length;
    }
  }

  /** Something of it is missing, so what was is over. */
  private synchronized void again(String member) {
    if (members.containsKey(member)) {
      Listener to = Objects.requireNonNull(listener);
      to.left(member);
      to.joined(member);
    }
  }

  private synchronized void changed(View view) {
    log.debug("{} sees {}", channel.getAddress(), view);
    Listener to = Objects.requireNonNull(listener);
    Map<String, Address> now = new LinkedHashMap<>();
    for (Address address : view.getMembers()) {
      if (!address.equals(channel.getAddress())) {
        now.put(nameOf(address), address);
      }
    }
    List<String> gone = new ArrayList<>(members.keySet());
    gone.removeAll(now.keySet());
    for (String member : gone) {
      members.remove(member);
      to.left(member);
    }
    now.forEach(
        (member, address) -> {
          if (members.put(member, address) == null) {
            to.joined(member);
            Queue<byte[]> kept = early.remove(member);
            if (kept != null) {
              kept.forEach(message -> to.received(member, message));
            }
          }
        });
    early.clear(); // of those who never joined
    earlyMessages = 0;
    earlyBytes = 0;
  }

  @Override
  public CompletionStage<Void> send(String member, byte[] message) {
    Address address;
    synchronized (this) {
      address = members.get(member);
    }
    if (address == null) {
      return CompletableFuture.failedFuture(new IOException(member + " is not in the cluster"));
    }
    try {
      channel.send(new BytesMessage(address, message));
      sentAt = System.nanoTime();
      return CompletableFuture.completedFuture(null);
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** JGroups sends in its own time, and forgets what it has not sent. */
  @Override
  public void close() {
    try {
      long left = LINGER_NANOS - (System.nanoTime() - sentAt);
      TimeUnit.NANOSECONDS.sleep(Math.min(left, LINGER_NANOS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channel.close();
  }
}
