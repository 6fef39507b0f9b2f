package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.codec.Codecs;
import io.delegate.codec.WorkCodec;
import io.delegate.engine.NodeService;
import io.delegate.engine.Options;
import io.delegate.link.Envelope;
import io.delegate.link.Jar;
import io.delegate.link.Job;
import io.delegate.link.LinkId;
import io.delegate.link.Mesh;
import io.delegate.link.Message;
import io.delegate.link.Order;
import io.delegate.link.Shelf;
import io.delegate.link.Terms;
import io.delegate.link.Told;
import io.delegate.process.ClassPath;
import io.delegate.wire.Values;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A node, of which the parent is played here, message by message. */
@ExtendWith(NothingLeft.class)
class NodeIT {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Work<Integer, Integer> TRIPLE = x -> 3 * x;
  @TempDir Path tmp;
  private final LocalNet net = new LocalNet(1999);
  private final List<Message> heard = new CopyOnWriteArrayList<>();
  private final List<Known> heres = new CopyOnWriteArrayList<>();
  private volatile boolean gone;
  private final Object lock = new Object();
  private Order order = new Order();
  private Options options;
  private NodeService node;
  private Mesh parent;
  private LinkId link = new LinkId(7, 1);
  private long number;
  private Shelf shelf;

  /** What a node said: whether it knew our link, and whether we had heard of its end. */
  private record Known(boolean link, boolean gone) {}

  @BeforeEach
  void begin() throws Exception {
    ProcessScheduler unused =
        ProcessScheduler.builder()
            .children(2)
            .name("n")
            .engine(
                checked -> {
                  options = checked;
                  return null;
                })
            .build();
    start(1 << 30);
    Path place = Files.createDirectory(tmp.resolve("shelf"));
    shelf = new Shelf(() -> place);
    parent = net.member("p");
    parent.listen(
        new Mesh.Listener() {
          @Override
          public void joined(String member) {}

          @Override
          public void left(String member) {}

          @Override
          public void received(String member, byte[] message) {
            hear(message);
          }
        });
  }

  private void start(long mostBytes) throws Exception {
    node = new NodeService(net.member("n"), options, tmp.resolve("files"), "1", mostBytes);
  }

  private void hear(byte[] message) {
    try {
      Envelope envelope = Envelope.read(message);
      synchronized (lock) {
        if (envelope.link().equals(link)) {
          for (Message next : order.came(envelope, message.length)) {
            if (!next.equals(new Message.Want(List.of()))) { // a sign of life
              heard.add(next);
            }
          }
          gone |= heard.stream().anyMatch(Message.Gone.class::isInstance);
        } else if (envelope.messages().get(0) instanceof Message.Here here) {
          heres.add(new Known(here.links().contains(link), gone));
        }
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void end() {
    node.close();
    net.close();
  }

  private void say(Message... messages) {
    parent.send("n", new Envelope(true, link, ++number, List.of(messages)).toBytes());
  }

  private <T extends Message> T await(Class<T> kind) {
    Awaitility.await().atMost(LONG).until(() -> heard.stream().anyMatch(kind::isInstance));
    Message first = heard.stream().filter(kind::isInstance).findFirst().orElseThrow();
    heard.remove(first);
    return kind.cast(first);
  }

  private void bring(Message.Want want) throws Exception {
    for (var digest : want.files()) {
      say(
          new Message.Piece(
              digest, Files.readAllBytes(Objects.requireNonNull(shelf.find(digest))), true));
    }
  }

  private Terms terms() {
    return new Terms(
        "p",
        1,
        null,
        null,
        null,
        Duration.ofSeconds(30),
        null,
        0,
        0,
        null,
        100,
        Long.MAX_VALUE,
        null,
        null,
        1 << 20,
        Codecs.inChild(options.codec()),
        true,
        List.of(),
        null);
  }

  private void open(List<Jar> classPath) throws Exception {
    say(new Message.Open("1", terms(), classPath));
    bring(await(Message.Want.class));
    assertThat(await(Message.Opened.class).children()).isEqualTo(2);
  }

  private void open() throws Exception {
    open(shelf.of(ClassPath.files(options.launch())));
  }

  private Job job(int id, Object work, List<Jar> classPath) throws Exception {
    return new Job(id, classPath, WorkCodec.encode(work));
  }

  private Message.Items items(long stream, int first, int count) throws Exception {
    List<Message.Item> all = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      all.add(
          new Message.Item(i, 0, 0, null, Values.encode(i, options.codec(), 1_000, "the item")));
    }
    return new Message.Items(stream, all);
  }

  private List<Long> answered(int count) {
    List<Long> numbers = new ArrayList<>();
    while (numbers.size() < count) {
      await(Message.Answers.class).all().stream().map(Told::number).forEach(numbers::add);
    }
    return numbers;
  }

  @Test
  void aWorkWhoseFilesAreOnTheirWayHoldsUpNoOther() throws Exception {
    open();
    Path extra = Files.write(tmp.resolve("extra.jar"), emptyJar());
    List<Jar> jars = shelf.of(List.of(extra));
    say(
        job(1, TRIPLE, jars),
        new Message.Begin(1, 1),
        items(1, 1, 3),
        job(2, TRIPLE, List.of()),
        new Message.Begin(2, 2),
        items(2, 4, 2));
    Message.Want want = await(Message.Want.class);
    assertThat(want.files()).containsExactly(jars.get(0).digest());
    assertThat(answered(2)).containsExactlyInAnyOrder(4L, 5L);
    say(new Message.Begin(3, 1), items(3, 6, 1), new Message.End(3)); // ended before it began
    say(new Message.Ping(5, false));
    assertThat(await(Message.Ping.class).at()).isEqualTo(5);
    bring(want);
    assertThat(answered(3)).containsExactlyInAnyOrder(1L, 2L, 3L);
    say(new Message.Bye());
    await(Message.Gone.class);
    assertThat(heard).noneMatch(Message.Answers.class::isInstance);
  }

  private static byte[] emptyJar() throws Exception {
    var out = new ByteArrayOutputStream();
    try (var jar = new JarOutputStream(out)) {
      jar.putNextEntry(new ZipEntry("nothing"));
    }
    return out.toByteArray();
  }

  @Test
  void whatIsRecalledHasNotBegun() throws Exception {
    open();
    Notes notes = Notes.in(tmp);
    Work<Integer, Integer> slow =
        x -> {
          notes.started(x);
          while (!notes.said("go")) {
            Thread.sleep(5);
          }
          return x;
        };
    say(job(1, slow, List.of()), new Message.Begin(1, 1), items(1, 1, 6));
    Awaitility.await().atMost(LONG).until(() -> notes.starts().size() == 2);
    say(new Message.Recall(3));
    List<Long> back = await(Message.Back.class).items();
    assertThat(back).hasSize(3).doesNotHaveDuplicates();
    say(new Message.Recall(3));
    List<Long> more = await(Message.Back.class).items();
    assertThat(more).hasSize(1);
    say(new Message.Recall(3));
    assertThat(await(Message.Back.class).items()).isEmpty();
    notes.say("go", "");
    assertThat(answered(2)).doesNotContainAnyElementsOf(back).doesNotContainAnyElementsOf(more);
    assertThat(notes.starts()).hasSize(2);
  }

  private Work<Integer, Integer> waiting(Notes notes) {
    return x -> {
      notes.started(x);
      notes.sayPid("child" + x);
      while (!notes.said("go")) {
        Thread.sleep(5);
      }
      return x;
    };
  }

  @Test
  void whatWaitsForFilesComesBackFirst() throws Exception {
    open();
    Path extra = Files.write(tmp.resolve("extra.jar"), emptyJar());
    say(
        job(1, TRIPLE, shelf.of(List.of(extra))),
        new Message.Begin(1, 1),
        items(1, 1, 2),
        items(1, 3, 3),
        new Message.Recall(4));
    assertThat(await(Message.Back.class).items()).containsExactlyInAnyOrder(2L, 3L, 4L, 5L);
    assertThat(await(Message.Back.class).items()).as("of what is in the pool").isEmpty();
    bring(await(Message.Want.class));
    assertThat(answered(1)).containsExactly(1L);
  }

  /** What the parent says makes no sense: no child runs any more when it is told so. */
  @Test
  void whatHasNotBegunComesBackBeforeTheLinkEnds() throws Exception {
    open();
    Notes notes = Notes.in(tmp);
    Path extra = Files.write(tmp.resolve("extra.jar"), emptyJar());
    say(job(1, waiting(notes), List.of()), new Message.Begin(1, 1), items(1, 1, 6));
    say(job(2, TRIPLE, shelf.of(List.of(extra))), new Message.Begin(2, 2), items(2, 7, 2));
    Awaitility.await().atMost(LONG).until(() -> notes.starts().size() == 2);
    long[] children =
        notes.starts().stream().mapToLong(item -> notes.awaitPid("child" + item)).toArray();
    say(new Message.Begin(3, 9), items(1, 9, 1));
    assertThat(await(Message.Room.class).children()).isZero();
    Awaitility.await()
        .atMost(LONG)
        .until(() -> heard.stream().anyMatch(Message.Refused.class::isInstance));
    for (long child : children) {
      assertThat(Pids.runs(child)).isFalse();
    }
    List<Long> back = new ArrayList<>();
    for (Message message : heard) {
      if (message instanceof Message.Back some) {
        back.addAll(some.items());
      }
    }
    assertThat(back).doesNotHaveDuplicates().contains(7L, 8L, 9L).hasSize(7);
    assertThat(back)
        .doesNotContainAnyElementsOf(notes.starts().stream().map(Long::valueOf).toList());
    assertThat(heard.get(heard.size() - 1))
        .isInstanceOfAny(Message.Refused.class, Message.Gone.class);
    assertThat(heard).noneMatch(Message.Answers.class::isInstance);
    await(Message.Gone.class);
    assertThat(notes.starts()).hasSize(2);
  }

  /** The engine may bring it twice; and what has begun is not to be said not to have. */
  @Test
  void whatHasComeOnceDoesNotComeBack() throws Exception {
    open();
    Notes notes = Notes.in(tmp);
    Message[] messages = {
      job(1, waiting(notes), List.of()), new Message.Begin(1, 1), items(1, 1, 2)
    };
    say(messages);
    Awaitility.await().atMost(LONG).until(() -> notes.starts().size() == 2);
    byte[] again = new Envelope(true, link, number, List.of(messages)).toBytes();
    say(new Message.Begin(3, 9)); // makes no sense
    for (int i = 0; i < 200; i++) {
      parent.send("n", again);
    }
    await(Message.Gone.class);
    for (Message message : heard) {
      if (message instanceof Message.Back back) {
        assertThat(back.items()).isEmpty();
      }
    }
  }

  /** Who hears that a node does not know a link any more takes what ran for dead. */
  @Test
  void aLinkIsKnownUntilItsEndWasHeard() throws Exception {
    open();
    Notes notes = Notes.in(tmp);
    say(job(1, waiting(notes), List.of()), new Message.Begin(1, 1), items(1, 1, 1));
    notes.awaitPid("child1");
    heres.clear();
    byte[] ask =
        new Envelope(true, LinkId.NONE, Envelope.OUT_OF_TURN, List.of(new Message.Ask())).toBytes();
    parent.send("n", ask);
    Awaitility.await().atMost(LONG).until(() -> heres.contains(new Known(true, false)));
    say(new Message.Begin(3, 9)); // makes no sense
    for (int i = 0; i < 100; i++) {
      parent.send("n", ask);
    }
    Awaitility.await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              parent.send("n", ask);
              return heres.contains(new Known(false, true));
            });
    assertThat(heres).doesNotContain(new Known(false, false));
  }

  /** Be they used or not. */
  @Test
  void worksTakeRoomToo() throws Exception {
    node.close();
    start(1 << 20);
    open();
    Work<Integer, Integer> large = Large.of(400 << 10);
    say(job(1, large, List.of()), job(2, large, List.of()));
    say(new Message.Ping(5, false));
    assertThat(await(Message.Ping.class).at()).isEqualTo(5);
    say(new Message.Forget(1), job(3, large, List.of()), new Message.Ping(6, false));
    assertThat(await(Message.Ping.class).at()).isEqualTo(6);
    say(job(4, large, List.of()));
    assertThat(await(Message.Refused.class).why()).contains("has room for 1,048,576");
    await(Message.Gone.class);
  }

  private record Large(byte[] bytes) implements Work<Integer, Integer> {
    static Large of(int bytes) {
      return new Large(new byte[bytes]);
    }

    @Override
    public Integer apply(Integer x) {
      return x + bytes.length;
    }
  }

  /** Who thinks that a link goes on which has ended is to hear of it. */
  @Test
  void whoDrainsSaysSoAndWhichLinksAreKnown() throws Exception {
    open();
    Notes notes = Notes.in(tmp);
    say(job(1, waiting(notes), List.of()), new Message.Begin(1, 1), items(1, 1, 1));
    notes.awaitPid("child1");
    var drained = node.drain(LONG).toFuture();
    Awaitility.await().atMost(LONG).until(() -> await(Message.Room.class).children() == 0);
    heres.clear();
    byte[] ask =
        new Envelope(true, LinkId.NONE, Envelope.OUT_OF_TURN, List.of(new Message.Ask())).toBytes();
    parent.send("n", ask);
    Awaitility.await().atMost(LONG).until(() -> heres.contains(new Known(true, false)));
    notes.say("go", "");
    assertThat(answered(1)).containsExactly(1L);
    say(new Message.Bye());
    await(Message.Gone.class);
    drained.get();
    assertThat(heres).doesNotContain(new Known(false, false));
  }

  @Test
  void itemsBeforeItMayBeginEndTheLink() throws Exception {
    say(
        new Message.Open("1", terms(), shelf.of(ClassPath.files(options.launch()))),
        items(1, 1, 1));
    assertThat(await(Message.Refused.class).why()).contains("before it was told");
    await(Message.Gone.class);
  }

  /** What it said before may be missing. */
  @Test
  void aParentThatGivesUpIsHeardOutOfTurn() throws Exception {
    open();
    Notes notes = Notes.in(tmp);
    say(job(1, waiting(notes), List.of()), new Message.Begin(1, 1), items(1, 1, 1));
    long child = notes.awaitPid("child1");
    number++; // is lost
    say(new Message.End(1));
    Envelope last = new Envelope(true, link, Envelope.OUT_OF_TURN, List.of(new Message.Bye()));
    parent.send("n", last.toBytes());
    await(Message.Gone.class);
    assertThat(Pids.runs(child)).isFalse();
  }

  @Test
  void nothingElseIsHeardOutOfTurn() throws Exception {
    open();
    Envelope odd = new Envelope(true, link, Envelope.OUT_OF_TURN, List.of(items(1, 1, 1)));
    parent.send("n", odd.toBytes());
    assertThat(await(Message.Refused.class).why()).contains("out of turn: Items");
    await(Message.Gone.class);
  }

  @Test
  void whatMakesNoSenseEndsTheLinkAndAnotherMayBegin() throws Exception {
    List<Jar> classPath = shelf.of(ClassPath.files(options.launch()));
    open(classPath);
    say(new Message.Begin(1, 9));
    assertThat(await(Message.Refused.class).why()).contains("the work 9");
    await(Message.Gone.class);
    synchronized (lock) {
      link = new LinkId(7, 2);
      order = new Order();
    }
    number = 0;
    say(new Message.Open("1", terms(), classPath)); // the files are there by now
    await(Message.Opened.class);
    say(job(1, TRIPLE, List.of()), new Message.Begin(1, 1), items(1, 1, 2));
    assertThat(answered(2)).containsExactlyInAnyOrder(1L, 2L);
  }
}
