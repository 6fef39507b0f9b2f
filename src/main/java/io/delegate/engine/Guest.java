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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
      Pattern.compile("-(?:Xmx|XX:MaxHeapSize=)(\\d{1,12})([kKmMgG]?)");

  /** A parent that runs one item now and then is not to have its children stopped each time. */
  static final long REST_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final NodeService node;
  private final Options machine;
  private final String member;
  private final LinkId link;
  private final Outbox outbox;
  private final Mailbox mailbox;
  private final Order order = new Order();
  private final FileStore.Delivery delivery;

  // all below in the mailbox
  private final Map<Integer, Shipped> jobs = new HashMap<>();
  private final Map<Long, NodeSource> streams = new HashMap<>();

  /** What has come while files are on their way, without which it means nothing. */
  private final ArrayDeque<Message> held = new ArrayDeque<>();

  private Message.@Nullable Open opened;
  private @Nullable Pool pool;
  private int share;

  // read by the node, too
  private volatile boolean ended;
  private volatile boolean isIdle = true;
  private volatile long usedAt = System.nanoTime();

  Guest(NodeService node, Options machine, FileStore files, String member, LinkId link, int share) {
    this.node = node;
    this.machine = machine;
    this.member = member;
    this.link = link;
    this.share = share;
    this.outbox = new Outbox(node.mesh(), member, false, link, this::broken);
    this.mailbox = new Mailbox(machine.name(), Threads::run, () -> {});
    this.delivery = files.delivery();
  }

  String member() {
    return member;
  }

  boolean isOf(String someone, long parent) {
    return member.equals(someone) && link.parent() == parent;
  }

  /** Whether it has had nothing to do for a while. */
  boolean isAtRest(long now) {
    return isIdle && now - usedAt > REST_NANOS;
  }

  boolean isEnded() {
    return ended;
  }

  LinkId link() {
    return link;
  }

  // ---- from the parent

  /** Any thread. */
  void came(Envelope envelope) {
    mailbox.post(
        () -> {
          if (ended) {
            return;
          }
          try {
            for (Message message : order.came(envelope)) {
              take(message);
            }
          } catch (ProtocolException e) {
            end("it broke the rules: " + e.getMessage());
          } catch (IOException e) {
            end("its files cannot be kept here: " + e);
          } catch (RuntimeException e) { // half done is worse than ended
            log.error("{}: a bug in Delegate; the link of {} ends", machine.name(), member, e);
            end("what it wants cannot be done here: " + e);
          }
        });
  }

  private void take(Message message) throws ProtocolException, IOException {
    if (ended) {
      return;
    }
    if (message instanceof Message.Piece piece) {
      delivery.came(piece);
      goOn();
    } else if (message instanceof Message.Bye) {
      end("");
    } else if (message instanceof Message.Ping ping) {
      say(new Message.Ping(ping.at(), true));
    } else {
      held.add(message);
      goOn();
    }
  }

  /** As far as the files that are there allow. */
  private void goOn() throws ProtocolException {
    while (!ended && delivery.isComplete() && !held.isEmpty()) {
      Message next = held.getFirst();
      if (isMissingFiles(next)) {
        return;
      }
      held.removeFirst();
      handle(next);
    }
  }

  private boolean isMissingFiles(Message message) throws ProtocolException {
    List<Jar> needed = new ArrayList<>();
    if (message instanceof Message.Open open) {
      needed.addAll(open.classPath());
      Job initializer = open.terms().initializer();
      needed.addAll(initializer == null ? List.of() : initializer.classPath());
    } else if (message instanceof Job job) {
      needed.addAll(job.classPath());
    }
    List<Digest> missing = new ArrayList<>();
    for (Jar jar : needed) {
      if (node.files().find(jar) == null && !missing.contains(jar.digest())) {
        delivery.expect(jar);
        missing.add(jar.digest());
      }
    }
    if (!missing.isEmpty()) {
      say(new Message.Want(missing));
    }
    return !missing.isEmpty();
  }

  private void handle(Message message) throws ProtocolException {
    if (message instanceof Message.Open open) {
      open(open);
    } else if (message instanceof Job job) {
      Shipped before = jobs.put(job.id(), pool().adopt(paths(job.classPath()), job.bytes()));
      if (before != null) {
        throw new ProtocolException("a second work with the number " + job.id());
      }
    } else if (message instanceof Message.Forget forget) {
      Shipped job = jobs.remove(forget.job());
      if (job != null) {
        pool().release(job);
      }
    } else if (message instanceof Message.Begin begin) {
      begin(begin);
    } else if (message instanceof Message.Items items) {
      items(items);
    } else if (message instanceof Message.End over) {
      NodeSource stream = streams.remove(over.stream());
      usedAt = System.nanoTime();
      isIdle = streams.isEmpty();
      if (stream != null) {
        stream.cancel();
        pool().end(stream, stream.work(), false);
      }
    } else {
      throw new ProtocolException("no parent says " + message.getClass().getSimpleName());
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
    long wanted = heap(open.terms().jvmArgs());
    long most = heap(machine.launch().jvmArgs());
    if (most > 0 && wanted > most) {
      end(
          "it wants a heap of %,d bytes for each child, of which this node gives %,d (option heap)"
              .formatted(wanted, most));
      return;
    }
    pool = new Pool(options(open));
    node.opened(this, share);
  }

  /** The heap that the last of these flags sets; 0 if none does. */
  private static long heap(List<String> flags) {
    long bytes = 0;
    for (String flag : flags) {
      Matcher heap = HEAP.matcher(flag);
      if (heap.matches()) {
        int shift =
            10
                * " kmg"
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
    usedAt = System.nanoTime();
    isIdle = false;
    pool().open(stream);
    node.used();
  }

  private void items(Message.Items items) throws ProtocolException {
    NodeSource stream = streams.get(items.stream());
    if (stream == null) {
      throw new ProtocolException("items of a stream that is none: " + items.stream());
    }
    items.items().forEach(stream::add);
    pool().arrived(items.items().size());
    pool().wake(stream);
  }

  // ---- to the parent

  /** Any thread. */
  void say(Message message) {
    outbox.say(message);
  }

  /** An item has not begun, and will not. Any thread. */
  void back(long item) {
    say(new Message.Back(List.of(item)));
  }

  /** It may use that many children. Any thread. */
  void share(int children) {
    mailbox.post(
        () -> {
          if (!ended && share != children) {
            share = children;
            if (pool != null) {
              if (children > 0) {
                pool.limit(children);
              }
              say(new Message.Room(children));
            }
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
    mailbox.post(() -> end(""));
  }

  /** {@code why}: is told, unless it is empty. */
  private void end(String why) {
    if (ended) {
      return;
    }
    ended = true;
    if (!why.isEmpty()) {
      log.warn("{}: the link of {} ends: {}", machine.name(), member, why);
      say(new Message.Refused(why));
    }
    held.clear();
    delivery.close();
    streams.values().forEach(NodeSource::cancel);
    Pool running = pool;
    if (running == null) {
      gone();
    } else {
      running.kill().subscribe(null, e -> gone(), this::gone);
    }
  }

  private void gone() {
    say(new Message.Gone());
    node.gone(this);
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
        null,
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
