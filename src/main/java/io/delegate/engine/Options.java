package io.delegate.engine;

import io.delegate.Codec;
import io.delegate.Deadline;
import io.delegate.ItemObserver;
import io.delegate.Output;
import io.delegate.Reporter;
import io.delegate.Task;
import io.delegate.Trust;
import io.delegate.codec.Codecs;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.process.ArchiveRoot;
import io.delegate.process.ClassPath;
import io.delegate.process.LaunchSpec;
import io.delegate.wire.Frame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * Everything the user can set, checked and with its defaults filled in.
 *
 * @param name for threads and messages
 * @param children most children at a time
 * @param window items in one child's hands; 0 to follow what the items take
 * @param limit how long an item may run; null for ever
 * @param silenceLimit how long an item may run without a sign of life; null for ever
 * @param slowLimit after how long listeners are told that an item runs on; null for never
 * @param startLimit how long a child may take to come up
 * @param queueLimit how long an item may wait for a child; null for ever
 * @param maxPending most items that may wait for a child
 * @param spares children beyond those needed; {@link Spares#FOLLOW} to follow the losses
 * @param retries how often an item is run again whose child died
 * @param retryHeap heap of a child that runs an item again whose child had no memory; null for all
 *     alike
 * @param maxItems how many items a child runs before it is replaced
 * @param maxMemory resident bytes above which a child is replaced or killed
 * @param maxAge how old a child may become; null for any age
 * @param idleLimit how long a child may rest before it is stopped; null for ever
 * @param exitGrace how long it may stay when this JVM ends
 * @param maxFrame largest item or result in bytes
 * @param timer watches the limits; null for the real clock
 * @param initializer run first in each child
 * @param output where the children's lines go
 * @param codec for items and results
 * @param trust how far the children are trusted
 * @param resultTypes what a child that is not trusted may send
 * @param reporters are told what goes on
 * @param contextKeys names of values that items take along
 * @param observer follows each item; null for nobody
 * @param launch how to start a child
 * @param wrapped whether a launcher stands between us and the child, so that pids need not fit
 */
public record Options(
    String name,
    int children,
    int window,
    @Nullable Deadline limit,
    @Nullable Duration silenceLimit,
    @Nullable Duration slowLimit,
    Duration startLimit,
    @Nullable Duration queueLimit,
    int maxPending,
    int spares,
    int retries,
    @Nullable String retryHeap,
    long maxItems,
    long maxMemory,
    @Nullable Duration maxAge,
    @Nullable Duration idleLimit,
    Duration exitGrace,
    int maxFrame,
    @Nullable Scheduler timer,
    @Nullable Task<?> initializer,
    Output output,
    Codec codec,
    Trust trust,
    List<Class<?>> resultTypes,
    List<Reporter> reporters,
    List<String> contextKeys,
    @Nullable ItemObserver observer,
    LaunchSpec launch,
    boolean wrapped) {

  /**
   * Whether the window is that of {@link Pace}.
   *
   * @return false when the user has set one
   */
  boolean follows() {
    return window == 0;
  }

  /**
   * What was set of that which concerns the machine where children run, and nothing else.
   *
   * @return the names of the options
   */
  public List<String> ofTheMachine() {
    List<String> set = new ArrayList<>();
    addIf(wrapped, "launcher", set);
    addIf(!launch.environment().isEmpty(), "environment", set);
    addIf(launch.inherited() != null, "inheritEnvironment", set);
    addIf(launch.workingDirectory() != null, "workingDirectory", set);
    addIf(launch.scratch(), "scratchDirectory", set);
    addIf(launch.crashReports() != null, "crashReports", set);
    addIf(!launch.javaHome().equals(Path.of(System.getProperty("java.home"))), "javaHome", set);
    addIf(timer != null, "timer", set);
    return set;
  }

  private static void addIf(boolean isSet, String option, List<String> set) {
    if (isSet) {
      set.add(option);
    }
  }

  /** The same with another codec. */
  Options with(Codec other) {
    return new Options(
        name,
        children,
        window,
        limit,
        silenceLimit,
        slowLimit,
        startLimit,
        queueLimit,
        maxPending,
        spares,
        retries,
        retryHeap,
        maxItems,
        maxMemory,
        maxAge,
        idleLimit,
        exitGrace,
        maxFrame,
        timer,
        initializer,
        output,
        other,
        trust,
        resultTypes,
        reporters,
        contextKeys,
        observer,
        launch,
        wrapped);
  }

  /** The number of spares that follows the losses. */
  public static final int SPARES_FOLLOW = Spares.FOLLOW;

  /**
   * Places in a child's ledger: most items it can ever hold.
   *
   * @return at least 1
   */
  int places() {
    return follows() ? Pace.MOST : window;
  }

  /** Largest item or result where nothing else is said. */
  public static final int DEFAULT_MAX_FRAME = Frame.DEFAULT_LIMIT;

  /** Where a child begins; by name, since the parent's side knows nothing else of that room. */
  private static final String CHILD_MAIN = "io.delegate.worker.Main";

  /** What FST cannot do without. */
  private static final String UNSAFE = "jdk.unsupported";

  private static final AtomicBoolean toldOfCodec = new AtomicBoolean();

  /**
   * How to start a child.
   *
   * @param javaHome of the child
   * @param jvmArgs the user's
   * @param environment added to what is inherited
   * @param inherited names of what is inherited; null for all
   * @param workingDirectory null for the parent's
   * @param scratch whether it gets a directory of its own
   * @param crashReports where the JVM's reports are kept; null for nowhere
   * @param children how many share the machine
   * @param classPath empty for the parent's
   * @param archives where archives of classes are kept; null for none
   * @param trust how far the children are trusted
   * @param launcher null for none
   * @param loader of this library; null for the system's
   * @return the specification
   */
  public static LaunchSpec launch(
      Path javaHome,
      List<String> jvmArgs,
      Map<String, String> environment,
      @Nullable Set<String> inherited,
      @Nullable Path workingDirectory,
      boolean scratch,
      @Nullable Path crashReports,
      int children,
      List<Path> classPath,
      @Nullable Path archives,
      Trust trust,
      @Nullable UnaryOperator<List<String>> launcher,
      @Nullable ClassLoader loader) {
    return new LaunchSpec(
        javaHome,
        jvmArgs,
        environment,
        inherited,
        workingDirectory,
        scratch,
        crashReports,
        children,
        classPath,
        launcher == null ? archives : null, // a sandbox need not show them
        trust == Trust.TRUSTED,
        List.of(),
        CHILD_MAIN,
        launcher == null ? UnaryOperator.identity() : launcher,
        loader == null ? ClassLoader.getSystemClassLoader() : loader);
  }

  /** What this library is compiled for. */
  public static final int OLDEST_JAVA = 17;

  /**
   * Which Java that is.
   *
   * @param home of a JDK or JRE
   * @return its feature version; 0 if it does not tell without being started
   */
  public static int javaVersion(Path home) {
    return ClassPath.javaVersion(home);
  }

  /**
   * Where archives of classes are kept unless the user says otherwise.
   *
   * @return null where there is no place for them
   */
  public static @Nullable Path usualArchives() {
    return ArchiveRoot.usual();
  }

  /**
   * The codec to use: behind a filter where children are not trusted.
   *
   * @param wanted the user's; null for the best one
   * @param trust how far the children are trusted
   * @param resultTypes what one that is not trusted may send
   * @param javaHome of the children
   * @return the codec
   */
  public static Codec codec(
      @Nullable Codec wanted, Trust trust, List<Class<?>> resultTypes, Path javaHome) {
    if (trust == Trust.UNTRUSTED) {
      if (wanted != null && !Codecs.givesWay(wanted)) {
        throw new IllegalArgumentException(
            "option codec = "
                + wanted.getClass().getName()
                + ": with trust UNTRUSTED results are decoded by Java serialization behind a"
                + " filter, and there is none for this codec; leave codec out, or trust the"
                + " children");
      }
      return Codecs.filtered(resultTypes);
    }
    return wanted == null ? automaticCodec(javaHome) : wanted;
  }

  /**
   * The best codec that works in this JVM and in those of the children; once, the log says why it
   * is not the fastest.
   *
   * @param javaHome of the children
   * @return the codec
   */
  public static Codec automaticCodec(Path javaHome) {
    Codec chosen = Codecs.auto();
    String why = new FstCodec().unusable();
    if (why.isEmpty() && ClassPath.lacks(javaHome, UNSAFE)) {
      chosen = new JdkCodec();
      why = javaHome + " has no module " + UNSAFE;
    }
    if (!why.isEmpty() && toldOfCodec.compareAndSet(false, true)) {
      LoggerFactory.getLogger(Options.class)
          .info("items and results go by {}: {}", chosen.getClass().getSimpleName(), why);
    }
    return chosen;
  }
}
