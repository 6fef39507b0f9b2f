package io.delegate;

import io.delegate.engine.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Child processes that run works, for many streams and many works at once.
 *
 * <p>Children are started when there are items for them, at most {@link Builder#children}, and
 * replaced when they die; after a loss some are kept waiting ({@link Builder#spares}). Streams take
 * turns, item by item. It has the manners of Reactor's schedulers ({@link #dispose()}, {@link
 * #disposeGracefully}, rejection afterwards) but is none: operators hand a {@code Scheduler} live
 * objects of this heap, which no other process can run.
 *
 * <p>All methods may be called by any thread, and none blocks but {@link #close()}. Outcomes come
 * on {@link Schedulers#parallel()}.
 */
public final class ProcessScheduler implements WorkScheduler {
  private final Engine engine;

  ProcessScheduler(Engine engine) {
    this.engine = engine;
  }

  /**
   * A scheduler with default options.
   *
   * @param children most children at a time, 1 to 4,096
   * @return the scheduler; no child is started yet
   * @throws IllegalArgumentException for any other number
   */
  public static ProcessScheduler create(int children) {
    return builder().children(children).build();
  }

  /**
   * A builder with default options.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new ProcessSchedulerBuilder();
  }

  Engine engine() {
    return engine;
  }

  /**
   * What it is called.
   *
   * @return as given to {@link Builder#name}
   */
  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public <I, R> Flux<Outcome<I, R>> outcomes(
      Flux<? extends I> items, Work<? super I, ? extends R> work) {
    return outcomes(items, work, false);
  }

  @Override
  public <I, R> Flux<Outcome<I, R>> outcomesInOrder(
      Flux<? extends I> items, Work<? super I, ? extends R> work) {
    return outcomes(items, work, true);
  }

  private <I, R> Flux<Outcome<I, R>> outcomes(
      Flux<? extends I> items, Work<? super I, ? extends R> work, boolean ordered) {
    Objects.requireNonNull(items, "items");
    Objects.requireNonNull(work, "work");
    return engine.outcomes(items, work, work, ordered, false);
  }

  /**
   * Runs a work on one item.
   *
   * <p>Nothing happens until it is subscribed, and each subscription runs the item once. Cancel,
   * and so {@link Mono#timeout(Duration)}, takes the item back if it has not begun, else kills the
   * child that runs it with all that it started.
   *
   * @param work what to run
   * @param item the item
   * @param <I> the type of the item
   * @param <R> the type of the result
   * @return the outcome; an error only for {@link RejectedExecutionException} (disposed, or more
   *     than {@link Builder#maxPending} wait), {@link DelegateException.NotShippable} and {@link
   *     DelegateException.StartFailed}
   */
  @Override
  public <I, R> Mono<Outcome<I, R>> submit(Work<? super I, ? extends R> work, I item) {
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(item, "item");
    return engine.<I, R>outcomes(Flux.just(item), work, work, false, true).single();
  }

  /**
   * That many children up and ready, whether there is work or not; from now on also the most there
   * may be.
   *
   * @param children how many, 1 to 4,096
   * @return when subscribed, starts or stops children; completes when that many are up. An error
   *     for {@link DelegateException.StartFailed} and {@link RejectedExecutionException}. Cancel
   *     changes nothing
   * @throws IllegalArgumentException for any other number
   */
  public Mono<Void> spawn(int children) {
    ProcessSchedulerBuilder.checkChildren(children);
    return engine.spawn(children);
  }

  /**
   * Stops the children. Those that run an item end it first; items that wait run in new children,
   * and so do later ones.
   *
   * @return when subscribed, stops them; completes when those that were up are gone. Cancel changes
   *     nothing
   */
  public Mono<Void> cleanup() {
    return engine.cleanup();
  }

  /**
   * Makes the archive of classes that later children start from ({@link Builder#classArchive}) at
   * once, unless it is there: where a program is installed, as in the build of a container image.
   * One child notes which classes it loads; the archive holds what that child has loaded up to this
   * call, and at most up to a second after its first result. So use one child, and let its first
   * item, or the {@link Builder#initializer}, do all that is typical. An archive that exists is not
   * made anew.
   *
   * @return when subscribed, begins; true when there is an archive, false when there is none, as
   *     when no child is up, the one that notes has run no item, or archives are not used. Cancel
   *     changes nothing
   */
  public Mono<Boolean> makeClassArchive() {
    return engine.makeArchive();
  }

  /**
   * What goes on, as it happens.
   *
   * @return hot; events come on a thread that may be blocked. Events about items are left out while
   *     listeners are more than 16,384 events, or 64 MiB of items and results, behind; any event
   *     that finds this subscriber 16,384 behind is left out for it. Completes when the scheduler
   *     is gone
   */
  @Override
  public Flux<Event> events() {
    return engine.events();
  }

  /**
   * The children that there are now, up or coming.
   *
   * @return the pids of their processes; with a {@link Builder#launcher} that does not replace
   *     itself, the launcher's
   */
  public List<Long> pids() {
    return engine.pids();
  }

  /**
   * Takes no more streams or items, lets those that are under way end, then stops the children;
   * what is not done when the grace is over is killed.
   *
   * @param grace how long to wait for streams under way
   * @return when subscribed, begins; completes when no child, socket, file or mapping is left
   */
  @Override
  public Mono<Void> disposeGracefully(Duration grace) {
    Objects.requireNonNull(grace, "grace");
    return engine.finish(grace);
  }

  /**
   * Kills all children with all that they started. Streams under way end with {@link
   * RejectedExecutionException} once the children are gone. Returns at once; {@link
   * #disposeGracefully} with a grace of zero tells when it is done.
   */
  @Override
  public void dispose() {
    engine.dispose();
  }

  /**
   * Whether it takes no more streams.
   *
   * @return true from the first call of {@link #dispose()}, {@link #close()} or the subscription of
   *     {@link #disposeGracefully}
   */
  @Override
  public boolean isDisposed() {
    return engine.isDisposed();
  }

  /**
   * As {@link #dispose()}, and waits until nothing is left; on a thread that must not block it does
   * not wait.
   */
  @Override
  public void close() {
    if (Schedulers.isInNonBlockingThread()) {
      dispose();
    } else {
      engine.kill().block();
    }
  }

  /** Every option has a default; what is set last counts. Bad values are refused at once. */
  public interface Builder {
    /**
     * Most children at a time. Default {@value Delegate#DEFAULT_CHILDREN}.
     *
     * @param children 1 to 4,096
     * @return this
     */
    Builder children(int children);

    /**
     * For messages and logs. Default {@code delegate}.
     *
     * @param name not blank
     * @return this
     */
    Builder name(String name);

    /**
     * How long an item may run. The clock starts when the item starts, in the child; loading its
     * work or the codec for the first time is not counted, but may not take longer than {@link
     * #startTimeout}. An item over its limit is killed with its child and all that it started, and
     * is {@link Outcome.TimedOut}. Default: for ever.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder timeout(Duration limit);

    /**
     * How long an item may run, where that is not the same for all: see {@link Deadline}. As {@link
     * #timeout(Duration)} otherwise; the later of the two calls stands.
     *
     * @param limit how long
     * @return this
     */
    Builder deadline(Deadline limit);

    /**
     * How long an item may run without a sign of life from its work, by {@link Child#tick()} or
     * {@link Child#progress(double)}: for works of which nobody can say how long they take, but
     * that go on step by step. The clock starts when the item starts, as that of {@link #timeout},
     * and anew with each sign. An item that is silent for longer is killed as one over its timeout,
     * and is {@link Outcome.TimedOut} with {@link Outcome.Limit#SILENCE}. Where both limits are
     * set, the one that is passed first counts. A work that never gives a sign has this as its
     * timeout. Default: for ever.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder silenceTimeout(Duration limit);

    /**
     * After how long {@link Reporter#slow} is told of an item that runs on; nothing else happens.
     * Default: never.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder slowAfter(Duration limit);

    /**
     * How long a child may take to come up, its initializer included. Default 30 s.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder startTimeout(Duration limit);

    /**
     * How long an item may wait for a child; then it is {@link Outcome.TimedOut} with pid 0 and
     * attempt 0. Default: for ever.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder queueTimeout(Duration limit);

    /**
     * How many items may wait, beyond what the children can hold, before {@link
     * ProcessScheduler#submit} is refused with {@link RejectedExecutionException}. Streams are not
     * refused: they wait. Default: no bound.
     *
     * @param items at least 0
     * @return this
     */
    Builder maxPending(int items);

    /**
     * Children kept up and waiting beyond those that have work, within {@link #children}; none
     * while there is no work at all. So the loss of a child does not cost the next item the start
     * of a JVM. Default: as many as are to be expected to be lost while one starts, twice over; one
     * for half a minute after any loss; none where nothing is lost.
     *
     * @param children at least 0
     * @return this
     */
    Builder spares(int children);

    /**
     * How many items are handed to a child at once, always. More than 1 saves round trips for small
     * work and changes nothing else: blame, limits and demand stay exact. Default: it follows what
     * the items of a work take, from 1 for slow or large ones to 2,048 for the fastest: 1.5 ms of
     * work, or 1 MiB. The default is 1 with {@link Trust#UNTRUSTED}, since such a child is not
     * asked, and with {@link #queueTimeout}, {@link #maxPending} or {@link #maxMemoryPerChild},
     * which want few items asked for ahead.
     *
     * @param items 1 to 65,536
     * @return this
     */
    Builder window(int items);

    /**
     * How often an item is run again when its child died: each time in a child that has run nothing
     * before, and alone in it. Default 0: never.
     *
     * @param times at least 0
     * @return this
     */
    Builder retryAborted(int times);

    /**
     * The heap of the child in which an item is run again that ended its last one with {@link
     * Death.Cause#OUT_OF_MEMORY}, as for {@code -Xmx}; only with {@link #retryAborted}. Default: as
     * for all.
     *
     * @param size such as {@code 256m} or {@code 2g}
     * @return this
     */
    Builder retryHeap(String size);

    /**
     * By whose clock {@link #timeout} is watched. Default: the real one. With a virtual time
     * scheduler an item's time runs from when the parent handed it over.
     *
     * @param timer the clock
     * @return this
     */
    Builder timer(Scheduler timer);

    /**
     * After how many items a child is replaced. Default: never.
     *
     * @param items at least 1
     * @return this
     */
    Builder maxItemsPerChild(long items);

    /**
     * How many resident bytes a child may have. One found above that between two items is replaced.
     * One that is found above it during an item, looked at every 100 ms, is given no more items. If
     * that item itself has added more than a sixteenth of the bound, and runs on to the next look,
     * it is killed, and is {@link Outcome.Aborted} with {@link Death.Cause#OUT_OF_MEMORY}. Only
     * where {@code /proc} tells. Default: no bound.
     *
     * @param bytes more than zero
     * @return this
     */
    Builder maxMemoryPerChild(long bytes);

    /**
     * After what time a child is replaced, counted from when it was up: it serves until another is
     * up, where {@link #children} leaves room for one more, and ends what it runs. Default: never.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder maxAgePerChild(Duration limit);

    /**
     * How long a child may have nothing to do before it is stopped. Those that {@link
     * ProcessScheduler#spawn} asked for stay. Default: for ever.
     *
     * @param limit more than zero, at most a year
     * @return this
     */
    Builder idleTimeout(Duration limit);

    /**
     * How long this scheduler may go on when the JVM ends. Without it, its children are killed at
     * once, by a shutdown hook that runs beside those of the program. With it, that hook waits
     * until the scheduler is disposed, at most so long; until then it takes work as ever. So set it
     * where a hook of the program's, or of its framework's, calls {@link
     * ProcessScheduler#disposeGracefully}; where none does, the end of the JVM takes that long. All
     * schedulers without a grace are disposed meanwhile. Default: zero.
     *
     * @param limit at most a year
     * @return this
     */
    Builder exitGrace(Duration limit);

    /**
     * The heap of each child, as for {@code -Xmx}. Default: a share of the machine's memory, or of
     * the container's: three quarters of it, divided by {@link #children}, but not more than the
     * quarter that a JVM takes by itself, nor less than its least limit of 126 MB.
     *
     * @param size such as {@code 256m} or {@code 2g}
     * @return this
     */
    Builder heap(String size);

    /**
     * Arguments for each child's JVM, after Delegate's own, so that they win. Default none.
     *
     * <p>Among Delegate's own are two by which the children share the machine. {@code
     * -XX:ActiveProcessorCount} is this JVM's processors divided by {@link #children}, rounded up:
     * it sizes the thread pools of the JVM and of {@code ForkJoinPool.commonPool()}. {@code
     * -XX:MaxRAMPercentage} is as told at {@link #heap}. The first is left out for a single child
     * and where {@code args} have it; the second for up to three children and where {@code args}
     * have {@code -Xmx}, {@code -XX:MaxHeapSize}, {@code -XX:MaxRAM}, {@code -XX:MaxRAMPercentage}
     * or their kin.
     *
     * @param args such as {@code -Dkey=value}
     * @return this
     */
    Builder jvmArgs(String... args);

    /**
     * The Java home of the children. Default: this JVM's. A work that was compiled for a later Java
     * than that ends its stream with {@link DelegateException.NotShippable}; a class that turns out
     * to be too new in the child is a failure of that item.
     *
     * @param home a directory with {@code bin/java}, of Java 17 or later
     * @return this
     */
    Builder javaHome(Path home);

    /**
     * Variables added to the environment that the children inherit. Default none. {@code
     * JAVA_TOOL_OPTIONS}, {@code CLASSPATH} and their kin are not passed on unless they are set
     * here.
     *
     * @param variables names and values
     * @return this
     */
    Builder environment(Map<String, String> variables);

    /**
     * Which variables of this JVM's environment the children inherit; those of {@link #environment}
     * come on top. Default: all. Without {@code LANG} or {@code LC_ALL} a child has the encoding of
     * the POSIX locale for its output and for file names.
     *
     * @param names the only ones; none for none
     * @return this
     */
    Builder inheritEnvironment(String... names);

    /**
     * Where the children run. Default: where this JVM runs.
     *
     * @param directory an existing directory
     * @return this
     */
    Builder workingDirectory(Path directory);

    /**
     * Whether each child gets a directory of its own, in which it runs and has its temporary files
     * ({@code java.io.tmpdir}, {@code TMPDIR}), and which is removed with it, once every process it
     * started is dead. It is below this JVM's {@code java.io.tmpdir}. Default: no.
     *
     * @param own whether
     * @return this
     */
    Builder scratchDirectory(boolean own);

    /**
     * Where the JVM's reports on native crashes are kept ({@code hs_err_pid….log}). Default:
     * nowhere; their first lines are in {@link Death#crash()}.
     *
     * @param directory an existing directory
     * @return this
     */
    Builder crashReports(Path directory);

    /**
     * The class path of the children, in place of the one that is found by itself: that of this
     * program, its modules, and the files of the class loaders that loaded Delegate. What these
     * have inside of an executable jar is unpacked to the user's cache before the first child
     * starts. Must hold Delegate itself.
     *
     * @param entries jars and directories; empty for the default
     * @return this
     */
    Builder classPath(List<Path> entries);

    /**
     * Whether children start from an archive of the classes they load (class-data sharing), which
     * takes a fifth off their start, and a third where items or works need libraries. It is made in
     * the background: while there is none for this JDK and this class path, one child writes down
     * what it loads; a second after its first result a JVM that runs nothing of yours makes the
     * archive of that, for 10 to 20 MB on disk. One that does not fit any more (a jar has changed)
     * is not used, one that is damaged is removed. Whenever one is made, those go that nobody has
     * used for 30 days, and beyond 16 those unused for longest. Classes in directories, and behind
     * directories on the class path, are not in it, but for this library's and FST's.
     *
     * <p>Children start without where there is a {@link #launcher}, where {@link #jvmArgs} are
     * about agents, archives, class paths, modules, verification, ZGC or the form of references,
     * where {@link #environment} sets {@code JAVA_TOOL_OPTIONS} or its kin, and where a heap may
     * reach 32 GiB, as by default that of up to three children on a machine of some 124 GiB.
     *
     * @param use default: true
     * @return this
     */
    Builder classArchive(boolean use);

    /**
     * Where those archives are kept, and that they are used. The directory must belong to this user
     * or to root, and no other user may be able to write there or replace it: classes in an archive
     * run with no further check. Else children start without, which only the log at DEBUG tells.
     * Default: {@code delegate} in the user's directory for caches ({@code XDG_CACHE_HOME}, {@code
     * ~/.cache}, {@code ~/Library/Caches}, {@code %LOCALAPPDATA%}); without such a directory, none
     * are made.
     *
     * @param directory an existing directory
     * @return this
     */
    Builder classArchives(Path directory);

    /**
     * Changes the command before each start: {@code bwrap}, {@code prlimit}, {@code nice}, {@code
     * taskset} … Default: as it is.
     *
     * @param launcher gets the command, gives the one to run
     * @return this
     */
    Builder launcher(UnaryOperator<List<String>> launcher);

    /**
     * Runs in each child before its first item. A child whose initializer throws has failed to
     * start. Default none.
     *
     * @param task serializable with all that it captures
     * @return this
     */
    Builder initializer(Task<?> task);

    /**
     * Where the lines go that children write to stdout and stderr. Default {@link Output#LOG}.
     *
     * @param output where to
     * @return this
     */
    Builder output(Output output);

    /**
     * How items and results are encoded, but for works with a codec of their own ({@link
     * Work#encodedBy}). Default: FST where this JVM lets it work, else Java's own serialization.
     *
     * @param codec with a public constructor without parameters
     * @return this
     */
    Builder codec(Codec codec);

    /**
     * How far the code in the children is trusted. Default {@link Trust#TRUSTED}. With {@link
     * Trust#UNTRUSTED}, results are decoded by Java's own serialization behind a filter: {@link
     * #codec} may be left out or be FST's or the JDK's, which give way; any other is refused by
     * {@link #build}, since there is no filter for it.
     *
     * @param trust how far
     * @return this
     */
    Builder trust(Trust trust);

    /**
     * With {@link Trust#UNTRUSTED}: the classes a result may be made of, beside scalars and their
     * arrays, the JDK's own value types and its plain collections. Exactly these, and their
     * superclasses: name each class of which an object may come. Their constructors and {@code
     * readObject} methods run here, on whatever a child makes up. Default none.
     *
     * @param types serializable classes; interfaces for arrays of them
     * @return this
     */
    Builder resultTypes(Class<?>... types);

    /**
     * Largest item or result, encoded. A larger one is a {@link Outcome.Failure}. Default 64 MiB.
     *
     * @param bytes 1 MiB to 1 GiB
     * @return this
     */
    Builder maxFrame(int bytes);

    /**
     * Is told what goes on; may be called several times for several reporters. Default none.
     *
     * @param reporter the reporter
     * @return this
     */
    Builder reporter(Reporter reporter);

    /**
     * What items take along into the children: the values of these keys, there while an item runs
     * in {@link ItemContext} and, where the child's class path has SLF4J, in its MDC. Default:
     * nothing.
     *
     * <p>They are looked up once per stream, on the thread that subscribes it, and go with each of
     * its items, whenever that runs and however often. First in the subscriber's Reactor Context,
     * under the key itself or in what {@code contextCapture()} has put there of the MDC ({@code
     * io.micrometer:context-propagation}'s {@code Slf4jThreadLocalAccessor}); then in the thread
     * local registered with context-propagation under that key; then in the thread's MDC. What is
     * no text goes as its {@code toString()} has it. A key that is not found is left out.
     *
     * <p>All names and values may have 8 KiB, in UTF-8 and with 8 bytes for each pair. A stream
     * that finds more ends with {@link DelegateException.NotShippable}, which names the longest.
     *
     * <p>Works read them, and so may what a work starts: name no secrets where the children are not
     * trusted. The first item with a context that a child gets loads the child's logger, which is
     * not counted against {@link #timeout}.
     *
     * @param keys not blank; none for nothing
     * @return this
     */
    Builder contextKeys(String... keys);

    /**
     * Follows each item, and may give it something to take along, as tracing does: {@code
     * io.delegate.report.MicrometerObserver}. What it gives comes on top of {@link #contextKeys}.
     * Default none; there is one at most.
     *
     * @param observer must not block
     * @return this
     */
    Builder observer(ItemObserver observer);

    /**
     * What runs the works: not for programs, which have child processes, but for {@code
     * io.delegate.test}, which has a twin of them for unit tests. May change at any time. Default:
     * child processes of this JVM.
     *
     * @param engine makes it when the scheduler is built
     * @return this
     */
    Builder engine(Engine.Maker engine);

    /**
     * Makes the scheduler.
     *
     * @return the scheduler; no child is started yet
     */
    ProcessScheduler build();
  }
}
