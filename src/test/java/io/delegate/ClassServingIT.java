package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.conformance.InMemory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Works whose classes are in no file run in children all the same. */
@ExtendWith(NothingLeft.class)
class ClassServingIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  private static final String DOUBLING =
      """
      package mem;
      public class Doubling implements io.delegate.Work<Integer, Integer> {
        public Integer apply(Integer x) { return 2 * x; }
      }
      """;

  /** With helpers, an inner record, a lambda, and resources. */
  private static final String LARGE =
      """
      package mem;
      import io.delegate.Work;
      public class Large {
        public record Pair(int left, Inner right) implements java.io.Serializable {}
        public record Inner(String text) implements java.io.Serializable {}
        public enum Shade { LIGHT, DARK }
        public static class Odd extends RuntimeException {
          public Odd(String message) { super(message); }
        }
        public static Work<Integer, Object> pairs() {
          return x -> new Pair(Help.twice(x), new Inner("i" + x));
        }
        public static Work<Object, Object> swap() {
          return o -> {
            Pair pair = (Pair) o;
            return new Pair(-pair.left(), new Inner(pair.right().text() + Shade.values().length));
          };
        }
        public static Work<Integer, Object> throwing() {
          return x -> { throw new Odd("odd " + x); };
        }
        public static Work<Integer, Object> late() {
          return x -> x == 1 ? Late.text() : x;
        }
        public static Work<String, Object> resource() {
          return name -> {
            try (var in = Large.class.getResourceAsStream(name)) {
              return in == null ? "none" : new String(in.readAllBytes(), "UTF-8");
            }
          };
        }
        public static Work<String, Object> byUrl() {
          return name -> {
            var loader = Thread.currentThread().getContextClassLoader();
            var all = java.util.Collections.list(loader.getResources(name));
            return all.size() + " " + Large.class.getPackage().getName();
          };
        }
        public static Work<String, Object> named() {
          return name -> Class.forName(name).getName();
        }
        public static Work<Integer, Object> interrupted() {
          return x -> {
            Thread.currentThread().interrupt();
            String text = Late.text();
            return text + Thread.interrupted();
          };
        }
        public static Work<Integer, Object> manyAtOnce() {
          return x -> {
            var found = new java.util.concurrent.ConcurrentSkipListSet<String>();
            var threads = new java.util.ArrayList<Thread>();
            for (String name : new String[] {"Help", "Late", "Large$Shade", "Large$Inner", "No"}) {
              Thread thread = new Thread(() -> {
                try { found.add(Class.forName("mem." + name).getSimpleName()); }
                catch (ClassNotFoundException e) { found.add("none"); }
              });
              thread.setContextClassLoader(null);
              threads.add(thread);
              thread.start();
            }
            for (Thread thread : threads) thread.join();
            return String.join(" ", found);
          };
        }
      }
      """;

  private static final String HELP =
      """
      package mem;
      class Help {
        static int twice(int x) { return new Object() { int of(int y) { return 2 * y; } }.of(x); }
      }
      """;

  private static final String LATE =
      """
      package mem;
      class Late { static String text() { return "late"; } }
      """;

  private static final Map<String, byte[]> CLASSES =
      InMemory.compile(
          Map.of("mem.Large", LARGE, "mem.Help", HELP, "mem.Late", LATE, "mem.Doubling", DOUBLING));

  private static InMemory.Loader loader() {
    return new InMemory.Loader(ClassServingIT.class.getClassLoader(), CLASSES);
  }

  @SuppressWarnings("unchecked")
  private static <I, R> Work<I, R> work(ClassLoader loader, String method) {
    try {
      return (Work<I, R>) loader.loadClass("mem.Large").getMethod(method).invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <I> Outcome<I, Object> one(ProcessScheduler on, Work<I, Object> work, I item) {
    return on.submit(work, item).block(LONG);
  }

  @ParameterizedTest
  @MethodSource("io.delegate.Shapes#windows")
  void aClassThatIsInNoFileRuns(int window) {
    Work<Integer, Integer> doubling = loader().make("mem.Doubling");
    try (ProcessScheduler on = Shapes.builder(window, 2).build()) {
      List<Integer> results =
          Flux.range(0, 300)
              .transform(Delegate.<Integer, Integer>parallelOrdered(doubling, on))
              .map(Outcome::orElseThrow)
              .collectList()
              .block(LONG);
      assertThat(results).hasSize(300).startsWith(0, 2, 4).endsWith(598);
    }
  }

  static Stream<Codec> codecs() {
    return Stream.of(new JdkCodec(), new FstCodec());
  }

  /** Lambdas, helpers, records of the same loader as items and as results. */
  @ParameterizedTest
  @MethodSource("codecs")
  void itsHelpersAndRecordsComeWithIt(Codec codec) {
    ClassLoader loader = loader();
    try (ProcessScheduler on = Shapes.builder(7, 1).codec(codec).build()) {
      Object pair = one(on, ClassServingIT.<Integer, Object>work(loader, "pairs"), 4).orElseThrow();
      assertThat(pair).hasToString("Pair[left=8, right=Inner[text=i4]]");
      assertThat(pair.getClass().getClassLoader()).isSameAs(loader);
      Object back =
          one(on, ClassServingIT.<Object, Object>work(loader, "swap"), pair).orElseThrow();
      assertThat(back).hasToString("Pair[left=-8, right=Inner[text=i42]]");
      assertThat(back).hasSameClassAs(pair);
    }
  }

  @Test
  void itsExceptionsAreRebuilt() {
    ClassLoader loader = loader();
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      RemoteError error =
          Outcomes.failure(one(on, ClassServingIT.<Integer, Object>work(loader, "throwing"), 3))
              .error();
      assertThat(error.type()).isEqualTo("mem.Large$Odd");
      assertThat(error.exception().orElseThrow().getClass().getClassLoader()).isSameAs(loader);
    }
  }

  @Test
  void itsResourcesComeToo() {
    InMemory.Loader loader = loader().with("mem/a.txt", "grün".getBytes(StandardCharsets.UTF_8));
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      Work<String, Object> resource = work(loader, "resource");
      assertThat(one(on, resource, "a.txt").orElseThrow()).isEqualTo("grün");
      assertThat(one(on, resource, "b.txt").orElseThrow()).isEqualTo("none");
      Work<String, Object> byUrl = work(loader, "byUrl");
      assertThat(one(on, byUrl, "mem/a.txt").orElseThrow()).isEqualTo("1 mem");
      assertThat(one(on, byUrl, "mem/b.txt").orElseThrow()).isEqualTo("0 mem");
    }
  }

  /** A child that is not trusted gets classes, and no file that happens to be there. */
  @Test
  void anUntrustedChildGetsClassesAlone() {
    InMemory.Loader loader = loader().with("mem/a.txt", "secret".getBytes(StandardCharsets.UTF_8));
    try (ProcessScheduler on = Shapes.builder(1, 1).trust(Trust.UNTRUSTED).build()) {
      Work<String, Object> resource = work(loader, "resource");
      assertThat(one(on, resource, "a.txt").orElseThrow()).isEqualTo("none");
      assertThat(one(on, resource, "Late.class").orElseThrow()).asString().hasSizeGreaterThan(50);
      Work<Integer, Object> late = work(loader, "late");
      assertThat(one(on, late, 1).orElseThrow()).isEqualTo("late");
    }
  }

  @Test
  void twoLoadersWithOneNameAreTwo() {
    String other = DOUBLING.replace("2 * x", "3 * x");
    InMemory.Loader doubling = loader();
    InMemory.Loader tripling = InMemory.Loader.of(Map.of("mem.Doubling", other));
    Work<Integer, Integer> twice = doubling.make("mem.Doubling");
    Work<Integer, Integer> thrice = tripling.make("mem.Doubling");
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      List<Integer> sums =
          Flux.range(0, 100)
              .transform(Delegate.<Integer, Integer>parallelOrdered(twice, on))
              .map(Outcome::orElseThrow)
              .zipWith(
                  Flux.range(0, 100)
                      .transform(Delegate.<Integer, Integer>parallelOrdered(thrice, on))
                      .map(Outcome::orElseThrow),
                  Integer::sum)
              .collectList()
              .block(LONG);
      assertThat(sums).hasSize(100).startsWith(0, 5, 10).endsWith(495);
    }
  }

  /** The class path of the program is not sent, nor that of the JDK. */
  @Test
  void onlyWhatItsLoaderHasIsSent() {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    InMemory.Loader loader =
        new InMemory.Loader(ClassServingIT.class.getClassLoader(), CLASSES) {
          @Override
          public InputStream getResourceAsStream(String name) {
            asked.add(name);
            return super.getResourceAsStream(name);
          }
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      Work<String, Object> named = work(loader, "named");
      assertThat(one(on, named, "java.util.ArrayList").isSuccess()).isTrue();
      assertThat(one(on, named, "io.delegate.Task").isSuccess()).isTrue();
      assertThat(one(on, named, "mem.Late").isSuccess()).isTrue();
      assertThat(one(on, named, "mem.Late").isSuccess()).isTrue();
      assertThat(one(on, named, "mem.No").isSuccess()).isFalse();
      assertThat(one(on, named, "mem.No").isSuccess()).isFalse();
      // on the class path of the tests, and not on that of this child
      RemoteError error = Outcomes.failure(one(on, named, "org.assertj.core.api.Assert")).error();
      assertThat(error.type()).isEqualTo(ClassNotFoundException.class.getName());
      assertThat(error.message()).contains("org.assertj.core.api.Assert", "option classPath");
    }
    assertThat(asked)
        .contains("mem/Large.class", "mem/Late.class", "mem/No.class")
        .doesNotHaveDuplicates()
        .allMatch(name -> name.startsWith("mem/"));
  }

  @Test
  void aClassThatTheParentLacksIsTheFailureOfItsItemAndIsNamed() {
    InMemory.Loader loader = loader().without("mem.Late");
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      List<Outcome<Integer, Object>> outcomes =
          Flux.range(0, 4)
              .transform(Delegate.<Integer, Object>parallelOrdered(work(loader, "late"), on))
              .collectList()
              .block(LONG);
      RemoteError error = Outcomes.failure(outcomes.get(1)).error();
      assertThat(error.type()).isEqualTo(NoClassDefFoundError.class.getName());
      assertThat(error.stackTrace())
          .contains("mem.Late", InMemory.Loader.class.getName(), "option classPath");
      assertThat(outcomes.stream().filter(Outcome::isSuccess)).hasSize(3);
      assertThat(outcomes.stream().map(Outcome::pid).distinct()).hasSize(1);
    }
  }

  /** As many are written: it finds its classes for the JVM, and for nobody else. */
  @Test
  void aLoaderThatGivesNoBytesIsNamedWithTheWayOut() {
    InMemory.Loader loader =
        new InMemory.Loader(ClassServingIT.class.getClassLoader(), CLASSES) {
          @Override
          public InputStream getResourceAsStream(String name) {
            return null;
          }
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      RemoteError error =
          Outcomes.failure(
                  on.submit(loader.<Work<Integer, Integer>>make("mem.Doubling"), 1).block(LONG))
              .error();
      assertThat(error.message())
          .contains(
              "mem.Doubling",
              loader.getClass().getName(),
              "getResourceAsStream(\"mem/Doubling.class\") is null",
              "URLClassLoader");
    }
  }

  @Test
  void aLoaderThatThrowsOrGivesGarbageCostsItsItem() {
    InMemory.Loader throwing =
        new InMemory.Loader(ClassServingIT.class.getClassLoader(), CLASSES) {
          @Override
          public InputStream getResourceAsStream(String name) {
            if (name.equals("mem/Late.class")) {
              throw new IllegalStateException("no luck");
            }
            return super.getResourceAsStream(name);
          }
        };
    InMemory.Loader garbage =
        new InMemory.Loader(ClassServingIT.class.getClassLoader(), CLASSES) {
          @Override
          public InputStream getResourceAsStream(String name) {
            return name.equals("mem/Late.class")
                ? new ByteArrayInputStream(new byte[1000])
                : super.getResourceAsStream(name);
          }
        };
    InMemory.Loader endless =
        new InMemory.Loader(ClassServingIT.class.getClassLoader(), CLASSES) {
          @Override
          public InputStream getResourceAsStream(String name) {
            return name.equals("mem/Late.class")
                ? new InputStream() {
                  @Override
                  public int read() {
                    return 7;
                  }
                }
                : super.getResourceAsStream(name);
          }
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      RemoteError error = Outcomes.failure(one(on, late(throwing), 1)).error();
      assertThat(error.message())
          .contains("mem.Late", throwing.getClass().getName(), "IllegalStateException");
      error = Outcomes.failure(one(on, late(garbage), 1)).error();
      assertThat(error.type()).isEqualTo(ClassFormatError.class.getName());
      error = Outcomes.failure(one(on, late(endless), 1)).error();
      assertThat(error.message()).contains("mem/Late.class", "more than 16 MiB");
      assertThat(one(on, late(loader()), 1).orElseThrow()).isEqualTo("late");
    }
  }

  private static Work<Integer, Object> late(ClassLoader loader) {
    return work(loader, "late");
  }

  /** Holds a class back until it is told to go on, or interrupted. */
  private static final class Blocking extends InMemory.Loader {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);

    Blocking() {
      super(ClassServingIT.class.getClassLoader(), CLASSES);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
      if (name.equals("mem/Late.class")) {
        asked.countDown();
        try {
          go.await();
        } catch (InterruptedException e) {
          interrupted.countDown();
          throw new IllegalStateException(e);
        }
      }
      return super.getResourceAsStream(name);
    }
  }

  @Test
  void aLoaderThatBlocksHoldsUpItsItemAndNoOther() throws Exception {
    Blocking loader = new Blocking();
    try (ProcessScheduler on = Shapes.builder(1, 2).build()) {
      var slow = on.submit(late(loader), 1).toFuture();
      assertThat(loader.asked.await(50, TimeUnit.SECONDS)).isTrue();
      assertThat(one(on, late(loader), 2).orElseThrow()).isEqualTo(2);
      assertThat(slow).isNotDone();
      loader.go.countDown();
      assertThat(slow.get().orElseThrow()).isEqualTo("late");
    }
  }

  @Test
  void aTimeoutWhileAClassIsFetchedKillsAndFreesTheThread() throws Exception {
    Blocking loader = new Blocking();
    try (ProcessScheduler on = Shapes.builder(7, 1).timeout(Duration.ofSeconds(3)).build()) {
      assertThat(one(on, late(loader), 1)).isInstanceOf(Outcome.TimedOut.class);
      assertThat(loader.interrupted.await(50, TimeUnit.SECONDS)).isTrue();
      assertThat(one(on, late(loader), 2).orElseThrow()).isEqualTo(2);
    }
  }

  @Test
  void aCancelWhileAClassIsFetchedKillsAndFreesTheThread() throws Exception {
    Blocking loader = new Blocking();
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      Disposable running = on.submit(late(loader), 1).subscribe();
      assertThat(loader.asked.await(50, TimeUnit.SECONDS)).isTrue();
      running.dispose();
      assertThat(loader.interrupted.await(50, TimeUnit.SECONDS)).isTrue();
      assertThat(one(on, late(loader), 2).orElseThrow()).isEqualTo(2);
    }
  }

  @Test
  void theDeathOfTheChildWhileAClassIsFetchedIsThatOfItsItem() throws Exception {
    Blocking loader = new Blocking();
    Queue<Long> born = new ConcurrentLinkedQueue<>();
    Reporter census =
        new Reporter() {
          @Override
          public void spawn(long pid) {
            born.add(pid);
          }
        };
    try (ProcessScheduler on = Shapes.builder(7, 1).reporter(census).build()) {
      var item = on.submit(late(loader), 1).toFuture();
      assertThat(loader.asked.await(50, TimeUnit.SECONDS)).isTrue();
      await().atMost(LONG).until(() -> !born.isEmpty());
      Pids.signal("KILL", born.peek());
      assertThat(Outcomes.aborted(item.get()).death().signal()).contains("SIGKILL");
      assertThat(loader.interrupted.await(50, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Its only item waits for a class for ever. */
  static final class Program {
    public static void main(String[] args) throws Exception {
      Reporter telling =
          new Reporter() {
            @Override
            public void spawn(long pid) {
              System.out.println("child " + pid);
            }
          };
      Blocking loader = new Blocking();
      ProcessScheduler on = Shapes.builder(1, 1).reporter(telling).build();
      on.submit(late(loader), 1).subscribe();
      assertThat(loader.asked.await(50, TimeUnit.SECONDS)).isTrue();
      System.out.println("asked");
      System.in.read();
      System.exit(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "exit"})
  void theEndOfTheParentWhileAClassIsFetchedIsThatOfItsChild(String end, @TempDir Path tmp)
      throws Exception {
    try (ParentJvm parent = ParentJvm.start(tmp, List.of(), Program.class)) {
      parent.heard("asked");
      long child = Long.parseLong(parent.heard("child"));
      assertThat(Pids.runs(child)).isTrue();
      if (end.equals("exit")) {
        parent.tell("x");
        assertThat(parent.status()).isZero();
      } else {
        Pids.signal(end, parent.pid());
      }
      Pids.awaitGone(child);
    }
  }

  @Test
  void whoeverInterruptsTheItemDoesNotCutTheConnection() {
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      Outcome<Integer, Object> first =
          one(on, ClassServingIT.<Integer, Object>work(loader(), "interrupted"), 1);
      assertThat(first.orElseThrow()).isEqualTo("latetrue");
      Outcome<Integer, Object> second =
          one(on, ClassServingIT.<Integer, Object>work(loader(), "interrupted"), 1);
      assertThat(second.orElseThrow()).isEqualTo("latetrue");
      assertThat(second.pid()).isEqualTo(first.pid());
    }
  }

  @Test
  void manyThreadsOfOneItemMayNeedClassesAtOnce() {
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      for (int i = 0; i < 5; i++) {
        Work<Integer, Object> many = work(loader(), "manyAtOnce");
        assertThat(one(on, many, 1).orElseThrow()).isEqualTo("Help Inner Late Shade none");
      }
    }
  }

  @Test
  void anInitializerMayHaveSuchClassesToo() {
    String source =
        """
        package mem;
        public class Init implements io.delegate.Task<String> {
          public String call() { System.setProperty("mem.init", Text.VALUE); return ""; }
        }
        class Text { static final String VALUE = new String("set"); }
        """;
    Task<String> initializer = InMemory.Loader.of(Map.of("mem.Init", source)).make("mem.Init");
    Work<Integer, Object> work = x -> System.getProperty("mem.init");
    try (ProcessScheduler on = Shapes.builder(7, 1).initializer(initializer).build()) {
      assertThat(one(on, work, 1).orElseThrow()).isEqualTo("set");
      Work<Integer, Object> late = late(loader());
      assertThat(one(on, late, 1).orElseThrow()).isEqualTo("late");
    }
  }

  /** As a server's: some of its classes are in directories, and some in none. */
  private static final class Places extends InMemory.Loader {
    private final List<Path> directories;

    Places(Map<String, byte[]> classes, Path... directories) {
      super(ClassServingIT.class.getClassLoader(), classes);
      this.directories = List.of(directories);
    }

    /** It has that class in that directory from now on. */
    void move(Map<String, byte[]> classes, String name, Path directory) throws IOException {
      Path file = directory.resolve(name.replace('.', '/') + ".class");
      Files.createDirectories(file.getParent());
      Files.write(file, classes.get(name));
      without(name);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      URL file = findResource(name.replace('.', '/') + ".class");
      if (file == null) {
        return super.findClass(name);
      }
      try (InputStream in = file.openStream()) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }

    @Override
    protected URL findResource(String name) {
      try {
        for (Path directory : directories) {
          if (Files.isRegularFile(directory.resolve(name))) {
            return directory.resolve(name).toUri().toURL();
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      return null;
    }
  }

  /** The initializer and both works share their statics and their classes. */
  @Test
  void oneLoaderMayHaveClassesInSeveralDirectoriesAndInNone(@TempDir Path one, @TempDir Path other)
      throws Exception {
    Map<String, byte[]> classes =
        InMemory.compile(
            Map.of(
                "mem.State",
                "package mem; class State { static String text = \"unset\"; }",
                "mem.Pair",
                "package mem; record Pair(int x, String text) implements java.io.Serializable {}",
                "mem.Begin",
                """
                package mem;
                public class Begin implements io.delegate.Task<String> {
                  public String call() { return State.text = "set"; }
                }
                """,
                "mem.First",
                """
                package mem;
                public class First implements io.delegate.Work<Integer, Object> {
                  static Pair last;
                  public Object apply(Integer x) { return last = new Pair(x, State.text); }
                }
                """,
                "mem.Second",
                """
                package mem;
                public class Second implements io.delegate.Work<Object, Object> {
                  public Object apply(Object o) {
                    Pair pair = (Pair) o;
                    return pair.text() + pair.equals(First.last) + State.text;
                  }
                }
                """));
    Places loader = new Places(classes, one, other);
    loader.move(classes, "mem.First", one);
    loader.move(classes, "mem.Second", other);
    loader.move(classes, "mem.Begin", other);
    Task<String> begin = loader.make("mem.Begin");
    Work<Integer, Object> first = loader.make("mem.First");
    Work<Object, Object> second = loader.make("mem.Second");
    try (ProcessScheduler on = Shapes.builder(7, 1).initializer(begin).build()) {
      Object pair = one(on, first, 4).orElseThrow();
      assertThat(pair).hasToString("Pair[x=4, text=set]");
      assertThat(one(on, second, pair).orElseThrow()).isEqualTo("settrueset");
    }
  }

  /** More than the book keeps: loaders come and go. */
  @Test
  void aHundredLoadersOneAfterTheOther() {
    try (ProcessScheduler on = Shapes.builder(7, 1).build()) {
      for (int i = 0; i < 100; i++) {
        Work<Integer, Integer> work = loader().make("mem.Doubling");
        assertThat(on.submit(work, i).block(LONG).orElseThrow()).isEqualTo(2 * i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio", "tcp"})
  void overEachTransport(String channel) {
    System.setProperty("io.delegate.channel", channel);
    try (ProcessScheduler on = Shapes.builder(7, 2).build()) {
      Work<Integer, Object> late = late(loader());
      assertThat(one(on, late, 1).orElseThrow()).isEqualTo("late");
    } finally {
      System.clearProperty("io.delegate.channel");
    }
  }
}
