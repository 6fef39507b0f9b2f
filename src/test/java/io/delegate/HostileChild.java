package io.delegate;

import io.delegate.wire.Found;
import io.delegate.wire.Frame;
import io.delegate.wire.Hello;
import io.delegate.wire.Ledger;
import io.delegate.wire.ResultFrame;
import io.delegate.wire.Values;
import io.delegate.wire.Wanted;
import io.delegate.wire.WorkFrame;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Comes into a child as an agent, before its own main: the first child it comes into is hostile in
 * some way and says so in a file, those that follow are as honest as ever.
 */
public final class HostileChild {
  /** What it does. It serves until it has claimed an item, unless the comment says otherwise. */
  enum Way {
    /** Before it is up. */
    NEVER_CONNECTS,
    CONNECTS_AND_SAYS_NOTHING,
    SAYS_GARBAGE_FIRST,
    SAYS_HALF_A_HELLO,
    IS_READY_WITHOUT_A_HELLO,
    HAS_A_WRONG_TOKEN,
    SAYS_HELLO_AND_NOTHING_MORE,
    HAS_A_WRONG_PID,
    SAYS_HELLO_TWICE,
    ANSWERS_BEFORE_IT_IS_READY,
    CUTS_ITS_LEDGER_BEFORE_IT_IS_READY,
    /** While it has claimed an item. */
    SENDS_BAD_MAGIC,
    SENDS_ANOTHER_VERSION,
    SENDS_AN_UNKNOWN_TYPE,
    SENDS_A_NEGATIVE_LENGTH,
    SENDS_A_HUGE_LENGTH,
    SENDS_A_RESULT_TOO_SHORT,
    SENDS_A_FRAME_OF_THE_PARENTS,
    SENDS_A_DUMP_NOBODY_ASKED_FOR,
    IS_READY_TWICE,
    IS_READY_WITHOUT_END,
    ANSWERS_ANOTHER_ITEM,
    ANSWERS_WITH_AN_UNKNOWN_STATUS,
    SKIPS_WHAT_IT_HAS,
    CLOSES_ITS_CHANNEL_AND_LIVES_ON,
    SCRIBBLES_OVER_THE_LEDGER,
    CUTS_THE_LEDGER,
    STAGES_GARBAGE_AND_DIES,
    STAGES_MORE_THAN_THERE_IS_AND_DIES,
    CONNECTS_FOR_CLASSES_IT_DOES_NOT_NEED,
    CONNECTS_AND_SAYS_HELLO_AGAIN,
    /** It answers its item rightly, and more. */
    ANSWERS_TWICE,
    ANSWERS_WITHOUT_END,
    /** It never says that it runs its item. */
    SENDS_HALF_A_FRAME,
    /** It lies about the time. */
    BEGAN_LONG_AGO,
    BEGINS_IN_THE_FUTURE,
    /** It says nonsense of how far its item is, again and again, and was alive in the future. */
    TELLS_NONSENSE,
    /** Its work is of a class loader that it may ask for classes, on a second connection. */
    CONNECTS_TWICE_FOR_CLASSES,
    ASKS_TWICE_AT_ONCE,
    ASKS_WITHOUT_END,
    ASKS_FOR_A_NAME_TOO_LONG,
    ASKS_FOR_A_HUGE_NAME,
    ASKS_FOR_NOTHING_KNOWN,
    ASKS_FOR_HALF_A_CLASS,
    SENDS_GARBAGE_WHERE_IT_ASKS,
    SENDS_A_RESULT_WHERE_IT_ASKS,
    SAYS_HELLO_WHERE_IT_ASKS,
    /** It does that, notes what it got, and answers its item rightly. */
    ASKS_FOR_SECRETS,
    CONNECTS_FOR_CLASSES_WITH_A_WRONG_TOKEN;

    boolean isEarly() {
      return compareTo(SENDS_BAD_MAGIC) < 0;
    }

    boolean hasServedWork() {
      return compareTo(CONNECTS_TWICE_FOR_CLASSES) >= 0;
    }

    boolean isHarmless() {
      return compareTo(ASKS_FOR_SECRETS) >= 0;
    }

    boolean isBlamed() {
      return compareTo(SENDS_BAD_MAGIC) >= 0 && compareTo(ANSWERS_TWICE) < 0;
    }
  }

  /** Says that it has done its worst. */
  private static Path did = Path.of("");

  private final Way way;
  private final Path page;
  private final UnixDomainSocketAddress address;
  private final SocketChannel channel;

  /** The class loader of its work. */
  private int loader;

  private final byte[] token = new byte[Hello.TOKEN];

  private HostileChild(Way way, List<String> args) throws IOException {
    this.way = way;
    this.page = Path.of(args.get(1));
    new DataInputStream(new FileInputStream(FileDescriptor.in)).readFully(token);
    if (way == Way.NEVER_CONNECTS) {
      sleep();
    }
    address = UnixDomainSocketAddress.of(args.get(0).substring("unix:".length()));
    channel = connect();
  }

  private SocketChannel connect() throws IOException {
    SocketChannel made = SocketChannel.open(StandardProtocolFamily.UNIX);
    made.connect(address);
    return made;
  }

  /** The flag that brings it into children. */
  static String flag(Way way, Path directory) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", HostileChild.class.getName());
    Path jar = directory.resolve("agent.jar");
    try (JarOutputStream out = new JarOutputStream(new FileOutputStream(jar.toFile()), manifest)) {
      out.finish();
    }
    return "-javaagent:" + jar + "=" + way + ":" + directory.resolve("hostile");
  }

  /**
   * Called by the JVM.
   *
   * @param agentArgs the way, a colon, the file
   * @throws Exception when it fails, which ends the child
   */
  public static void premain(String agentArgs) throws Exception {
    int colon = agentArgs.indexOf(':');
    try {
      Files.writeString(
          Path.of(agentArgs.substring(colon + 1)),
          Long.toString(ProcessHandle.current().pid()),
          StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      return; // an honest one
    }
    did = Path.of(agentArgs.substring(colon + 1) + ".did");
    String command = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1);
    List<String> words = List.of(command.split("\0"));
    Way way = Way.valueOf(agentArgs.substring(0, colon));
    new HostileChild(way, words.subList(words.size() - 4, words.size())).run();
    sleep();
  }

  private static void sleep() {
    try {
      Files.writeString(did, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (true) {
      try {
        Thread.sleep(100_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void run() throws IOException {
    long pid = ProcessHandle.current().pid();
    ByteBuffer hello = new Hello(token, pid, System.nanoTime()).toFrame();
    switch (way) {
      case CONNECTS_AND_SAYS_NOTHING -> sleep();
      case SAYS_GARBAGE_FIRST -> garbage();
      case SAYS_HALF_A_HELLO -> send(hello.limit(hello.limit() / 2));
      case IS_READY_WITHOUT_A_HELLO -> send(Frame.bare(Frame.Type.READY));
      case HAS_A_WRONG_TOKEN ->
          send(new Hello(new byte[Hello.TOKEN], pid, System.nanoTime()).toFrame());
      case HAS_A_WRONG_PID -> send(new Hello(token, pid + 1, System.nanoTime()).toFrame());
      default -> {
        send(hello);
        greeted(hello);
      }
    }
  }

  private void greeted(ByteBuffer hello) throws IOException {
    read(); // the welcome
    switch (way) {
      case SAYS_HELLO_AND_NOTHING_MORE -> sleep();
      case SAYS_HELLO_TWICE -> send(hello.rewind());
      case ANSWERS_BEFORE_IT_IS_READY -> answer(1, ResultFrame.OK);
      case CUTS_ITS_LEDGER_BEFORE_IT_IS_READY -> {
        try (FileChannel file = FileChannel.open(page, StandardOpenOption.WRITE)) {
          file.truncate(0);
        }
        send(Frame.bare(Frame.Type.READY));
      }
      default -> serve();
    }
  }

  private void serve() throws IOException {
    Ledger ledger = Ledger.open(page);
    try (FileChannel file =
        FileChannel.open(page, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      send(Frame.bare(Frame.Type.READY));
      Received item = read();
      while (item.type() != Frame.Type.ITEM) {
        if (item.type() == Frame.Type.WORK) {
          loader = WorkFrame.read(item.payload()).servedBy();
        }
        item = read();
      }
      long seq = item.payload().getLong();
      int place = item.payload().getInt();
      item.payload().getInt();
      int value =
          (Integer)
              Values.decode(
                  rest(item.payload()),
                  0,
                  item.payload().limit() - 16,
                  null,
                  HostileChild.class.getClassLoader());
      if (way == Way.SENDS_HALF_A_FRAME) {
        send(frame(Frame.MAGIC, Frame.VERSION, (byte) 5, 100));
        return;
      }
      ledger.claim(place, seq, time());
      misbehave(seq, place, value, file);
    } catch (ClassNotFoundException e) {
      throw new IOException(e);
    }
  }

  private long time() {
    return switch (way) {
      case BEGAN_LONG_AGO -> 1;
      case BEGINS_IN_THE_FUTURE -> System.nanoTime() + (1L << 60);
      default -> System.nanoTime();
    };
  }

  private void misbehave(long seq, int place, int value, FileChannel file) throws IOException {
    switch (way) {
      case SENDS_BAD_MAGIC -> garbage();
      case SENDS_ANOTHER_VERSION -> send(frame(Frame.MAGIC, (byte) 77, (byte) 5, 20));
      case SENDS_AN_UNKNOWN_TYPE -> send(frame(Frame.MAGIC, Frame.VERSION, (byte) 99, 20));
      case SENDS_A_NEGATIVE_LENGTH -> send(frame(Frame.MAGIC, Frame.VERSION, (byte) 5, -1));
      case SENDS_A_HUGE_LENGTH ->
          send(frame(Frame.MAGIC, Frame.VERSION, (byte) 5, Integer.MAX_VALUE));
      case SENDS_A_RESULT_TOO_SHORT -> send(frame(Frame.MAGIC, Frame.VERSION, (byte) 5, 3));
      case SENDS_A_FRAME_OF_THE_PARENTS -> send(Frame.bare(Frame.Type.BYE));
      case SENDS_A_DUMP_NOBODY_ASKED_FOR -> {
        while (true) {
          send(frame(Frame.MAGIC, Frame.VERSION, (byte) 10, 100_000));
        }
      }
      case IS_READY_TWICE -> send(Frame.bare(Frame.Type.READY));
      case IS_READY_WITHOUT_END -> {
        while (true) {
          send(Frame.bare(Frame.Type.READY));
        }
      }
      case ANSWERS_ANOTHER_ITEM -> answer(seq + 1, ResultFrame.OK);
      case ANSWERS_WITH_AN_UNKNOWN_STATUS -> answer(seq, (byte) 9);
      case SKIPS_WHAT_IT_HAS -> answer(seq, ResultFrame.SKIPPED);
      case CLOSES_ITS_CHANNEL_AND_LIVES_ON -> channel.close();
      case SCRIBBLES_OVER_THE_LEDGER -> {
        byte[] noise = new byte[(int) file.size()];
        new Random(7).nextBytes(noise);
        file.write(ByteBuffer.wrap(noise), 0);
      }
      case CUTS_THE_LEDGER -> file.truncate(0);
      case STAGES_GARBAGE_AND_DIES -> stageAndDie(file, 1000);
      case STAGES_MORE_THAN_THERE_IS_AND_DIES -> stageAndDie(file, Long.MAX_VALUE);
      case TELLS_NONSENSE -> tellNonsense(seq, file);
      case ANSWERS_TWICE -> {
        answer(seq, ResultFrame.OK, 3 * value);
        answer(seq, ResultFrame.OK, 3 * value);
      }
      case ANSWERS_WITHOUT_END -> {
        for (long next = seq; ; next++) {
          answer(next, ResultFrame.OK, 3 * value);
        }
      }
      case CONNECTS_FOR_CLASSES_IT_DOES_NOT_NEED -> knock(Frame.Type.CLASSES, token);
      case CONNECTS_AND_SAYS_HELLO_AGAIN -> knock(Frame.Type.HELLO, token);
      case CONNECTS_FOR_CLASSES_WITH_A_WRONG_TOKEN -> {
        knock(Frame.Type.CLASSES, new byte[Hello.TOKEN]);
        answer(seq, ResultFrame.OK, 3 * value);
      }
      case ASKS_FOR_SECRETS -> {
        spy(knock(Frame.Type.CLASSES, token));
        answer(seq, ResultFrame.OK, 3 * value);
      }
      default -> {
        if (way.hasServedWork()) {
          ask(knock(Frame.Type.CLASSES, token));
        }
        sleep();
      }
    }
  }

  /** A connection more. */
  private SocketChannel knock(Frame.Type type, byte[] secret) throws IOException {
    SocketChannel more = connect();
    long pid = ProcessHandle.current().pid();
    send(more, new Hello(secret, pid, System.nanoTime()).toFrame(type));
    return more;
  }

  private void ask(SocketChannel desk) throws IOException {
    ByteBuffer wanted = new Wanted(loader, Wanted.Kind.CLASS, "mem.Tripling").toFrame();
    switch (way) {
      case CONNECTS_TWICE_FOR_CLASSES -> knock(Frame.Type.CLASSES, token);
      case ASKS_TWICE_AT_ONCE -> {
        ByteBuffer two = ByteBuffer.allocate(2 * wanted.remaining());
        send(desk, two.put(wanted.duplicate()).put(wanted).flip());
      }
      case ASKS_WITHOUT_END -> {
        while (true) {
          send(desk, wanted.duplicate());
        }
      }
      case ASKS_FOR_A_NAME_TOO_LONG ->
          send(desk, new Wanted(loader, Wanted.Kind.CLASS, "n".repeat(5000)).toFrame());
      case ASKS_FOR_A_HUGE_NAME ->
          send(desk, frame(Frame.MAGIC, Frame.VERSION, (byte) 13, Integer.MAX_VALUE));
      case ASKS_FOR_NOTHING_KNOWN -> send(desk, wanted.put(Frame.HEADER + 4, (byte) 9));
      case ASKS_FOR_HALF_A_CLASS -> send(desk, wanted.limit(wanted.limit() - 3));
      case SENDS_GARBAGE_WHERE_IT_ASKS -> send(desk, ByteBuffer.wrap(new byte[100]));
      case SENDS_A_RESULT_WHERE_IT_ASKS ->
          send(desk, frame(Frame.MAGIC, Frame.VERSION, (byte) 5, 20));
      case SAYS_HELLO_WHERE_IT_ASKS ->
          send(desk, new Hello(token, 1, 1).toFrame(Frame.Type.CLASSES));
      default -> throw new IllegalStateException(way.toString());
    }
  }

  /** What is no class must not come, by whatever name it is asked for. */
  private void spy(SocketChannel desk) throws IOException {
    StringBuilder got = new StringBuilder();
    for (Wanted wanted :
        List.of(
            new Wanted(loader, Wanted.Kind.CLASS, "mem.Tripling"),
            new Wanted(loader, Wanted.Kind.RESOURCE, "mem/Tripling.class"),
            new Wanted(loader, Wanted.Kind.RESOURCE, "secret"),
            new Wanted(loader, Wanted.Kind.CLASS, "secret"),
            new Wanted(loader, Wanted.Kind.RESOURCE, "dir/../secret.class"),
            new Wanted(loader, Wanted.Kind.CLASS, "io.delegate.Delegate"),
            new Wanted(loader, Wanted.Kind.CLASS, "java.lang.String"),
            new Wanted(loader + 1, Wanted.Kind.CLASS, "mem.Tripling"))) {
      send(desk, wanted.toFrame());
      ByteBuffer head = fill(desk, ByteBuffer.allocate(Frame.HEADER));
      Found found = Found.read(fill(desk, ByteBuffer.allocate(head.getInt(4))));
      got.append(found.status()).append(' ');
    }
    Path file = did.resolveSibling("hostile.got");
    Files.writeString(file, got.toString().strip());
  }

  /** At the end of its ledger, behind the pid and the attempt; before the name of the scheduler. */
  private static void tellNonsense(long seq, FileChannel file) throws IOException {
    int start = (int) file.size() - 2 * "delegate".length() - 1792;
    Random random = new Random(7);
    byte[] noise = new byte[1792 - 16];
    ByteBuffer page = ByteBuffer.wrap(noise).order(ByteOrder.nativeOrder());
    while (true) {
      random.nextBytes(noise);
      page.putLong(0, System.nanoTime() + (1L << 60));
      if (random.nextBoolean()) { // so that it is read
        for (int record = 0; record < 4; record++) {
          page.putLong(56 + record * 432, seq);
        }
      }
      file.write(page.rewind(), start + 16);
    }
  }

  private static void stageAndDie(FileChannel file, long end) throws IOException {
    MappedByteBuffer page = file.map(FileChannel.MapMode.READ_WRITE, 0, file.size());
    page.order(ByteOrder.nativeOrder());
    byte[] noise = new byte[2000];
    new Random(8).nextBytes(noise);
    page.put(128 + 16 * page.getInt(8), noise); // behind the places
    page.putLong(64, end);
    Runtime.getRuntime().halt(0);
  }

  private void garbage() throws IOException {
    byte[] noise = new byte[100];
    new Random(9).nextBytes(noise);
    send(ByteBuffer.wrap(noise));
  }

  private void answer(long seq, byte status) throws IOException {
    answer(seq, status, 0);
  }

  private void answer(long seq, byte status, int value) throws IOException {
    int size = (int) Values.scalarSize(value);
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + ResultFrame.FIXED + size);
    ResultFrame.put(out, seq, status, 1000, size);
    Values.putScalar(out, value);
    send(out.flip());
  }

  private static ByteBuffer frame(short magic, byte version, byte type, int length) {
    int size = Math.max(8, Math.min(length, 200_000) / 2);
    ByteBuffer out = ByteBuffer.allocate(Frame.HEADER + (type == 10 ? length : size));
    return out.putShort(magic).put(version).put(type).putInt(length).rewind();
  }

  private void send(ByteBuffer bytes) throws IOException {
    send(channel, bytes);
  }

  private static void send(SocketChannel to, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    } catch (IOException closed) {
      sleep(); // it lives on, whatever the parent does to its channel
    }
  }

  private record Received(Frame.Type type, ByteBuffer payload) {}

  private Received read() throws IOException {
    ByteBuffer head = fill(channel, ByteBuffer.allocate(Frame.HEADER));
    int length = head.getInt(4);
    Frame.Type type = Frame.header(head, Frame.DEFAULT_LIMIT);
    return new Received(type, fill(channel, ByteBuffer.allocate(length)));
  }

  private static ByteBuffer fill(SocketChannel from, ByteBuffer in) throws IOException {
    while (in.hasRemaining()) {
      if (from.read(in) < 0) {
        sleep();
      }
    }
    return in.flip();
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }
}
