package io.delegate;

import io.delegate.engine.Engine;
import io.delegate.engine.Options;
import io.delegate.engine.Pool;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** The one place where options are checked. */
final class ProcessSchedulerBuilder implements ProcessScheduler.Builder {
  private static final int MAX_CHILDREN = 4096;
  private static final int MAX_WINDOW = 65_536;
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Pattern SIZE = Pattern.compile("[1-9]\\d*[kKmMgG]?");

  private int children = Delegate.DEFAULT_CHILDREN;
  private String name = "delegate";
  private @Nullable Deadline timeout;
  private @Nullable Duration silenceTimeout;
  private @Nullable Duration slowAfter;
  private Duration startTimeout = Duration.ofSeconds(30);
  private @Nullable Duration queueTimeout;
  private int maxPending = Integer.MAX_VALUE;
  private int spares = Options.SPARES_FOLLOW;
  private int window; // 0: it follows the work
  private int retries;
  private @Nullable String retryHeap;
  private @Nullable Scheduler timer;
  private long maxItems = Long.MAX_VALUE;
  private long maxMemory = Long.MAX_VALUE;
  private @Nullable Duration maxAge;
  private @Nullable Duration idleTimeout;
  private Duration exitGrace = Duration.ZERO;
  private int maxFrame = Options.DEFAULT_MAX_FRAME;
  private @Nullable String heap;
  private List<String> jvmArgs = List.of();
  private Path javaHome = Path.of(System.getProperty("java.home"));
  private Map<String, String> environment = Map.of();
  private @Nullable Set<String> inherited;
  private @Nullable Path workingDirectory;
  private boolean scratch;
  private @Nullable Path crashReports;
  private List<Path> classPath = List.of();
  private boolean archive = true;
  private @Nullable Path archiveDirectory;
  private @Nullable UnaryOperator<List<String>> launcher;
  private @Nullable Task<?> initializer;
  private Output output = Output.LOG;
  private @Nullable Codec codec;
  private Trust trust = Trust.TRUSTED;
  private List<Class<?>> resultTypes = List.of();
  private final List<Reporter> reporters = new ArrayList<>();
  private List<String> contextKeys = List.of();
  private @Nullable ItemObserver observer;
  private Engine.Maker engine = Pool::new;

  static void checkChildren(int children) {
    check(
        children >= 1 && children <= MAX_CHILDREN,
        "children",
        children,
        "give a number from 1 to " + MAX_CHILDREN);
  }

  private static void check(boolean right, String option, Object value, String remedy) {
    if (!right) {
      throw new IllegalArgumentException("option " + option + " = " + value + ": " + remedy);
    }
  }

  private static Duration checkLimit(Duration limit, String option) {
    Objects.requireNonNull(limit, option);
    check(
        limit.compareTo(Duration.ZERO) > 0 && limit.compareTo(LONGEST) <= 0,
        option,
        limit,
        "give a time of more than zero and at most a year, or leave the option out for no limit");
    return limit;
  }

  @Override
  public ProcessScheduler.Builder children(int children) {
    checkChildren(children);
    this.children = children;
    return this;
  }

  @Override
  public ProcessScheduler.Builder name(String name) {
    Objects.requireNonNull(name, "name");
    check(!name.isBlank(), "name", "\"" + name + "\"", "give a name that is not blank");
    this.name = name;
    return this;
  }

  @Override
  public ProcessScheduler.Builder timeout(Duration limit) {
    timeout = Deadline.of(checkLimit(limit, "timeout"));
    return this;
  }

  @Override
  public ProcessScheduler.Builder deadline(Deadline limit) {
    timeout = Objects.requireNonNull(limit, "deadline");
    return this;
  }

  @Override
  public ProcessScheduler.Builder silenceTimeout(Duration limit) {
    silenceTimeout = checkLimit(limit, "silenceTimeout");
    return this;
  }

  @Override
  public ProcessScheduler.Builder slowAfter(Duration limit) {
    slowAfter = checkLimit(limit, "slowAfter");
    return this;
  }

  @Override
  public ProcessScheduler.Builder startTimeout(Duration limit) {
    startTimeout = checkLimit(limit, "startTimeout");
    return this;
  }

  @Override
  public ProcessScheduler.Builder queueTimeout(Duration limit) {
    queueTimeout = checkLimit(limit, "queueTimeout");
    return this;
  }

  @Override
  public ProcessScheduler.Builder maxPending(int items) {
    check(items >= 0, "maxPending", items, "give 0 or more, or leave it out for no bound");
    maxPending = items;
    return this;
  }

  @Override
  public ProcessScheduler.Builder spares(int children) {
    check(children >= 0, "spares", children, "give 0 or more");
    spares = children;
    return this;
  }

  @Override
  public ProcessScheduler.Builder window(int items) {
    check(
        items >= 1 && items <= MAX_WINDOW,
        "window",
        items,
        "give a number from 1 to " + MAX_WINDOW);
    window = items;
    return this;
  }

  @Override
  public ProcessScheduler.Builder retryAborted(int times) {
    check(times >= 0, "retryAborted", times, "give 0 or more");
    retries = times;
    return this;
  }

  @Override
  public ProcessScheduler.Builder retryHeap(String size) {
    retryHeap = checkSize(size, "retryHeap");
    return this;
  }

  @Override
  public ProcessScheduler.Builder timer(Scheduler timer) {
    this.timer = Objects.requireNonNull(timer, "timer");
    return this;
  }

  @Override
  public ProcessScheduler.Builder maxItemsPerChild(long items) {
    check(items >= 1, "maxItemsPerChild", items, "give 1 or more, or leave it out for no bound");
    maxItems = items;
    return this;
  }

  @Override
  public ProcessScheduler.Builder maxMemoryPerChild(long bytes) {
    check(bytes >= 1, "maxMemoryPerChild", bytes, "give bytes, or leave it out for no bound");
    maxMemory = bytes;
    return this;
  }

  @Override
  public ProcessScheduler.Builder maxAgePerChild(Duration limit) {
    maxAge = checkLimit(limit, "maxAgePerChild");
    return this;
  }

  @Override
  public ProcessScheduler.Builder idleTimeout(Duration limit) {
    idleTimeout = checkLimit(limit, "idleTimeout");
    return this;
  }

  @Override
  public ProcessScheduler.Builder exitGrace(Duration limit) {
    Objects.requireNonNull(limit, "exitGrace");
    check(
        !limit.isNegative() && limit.compareTo(LONGEST) <= 0,
        "exitGrace",
        limit,
        "give a time of at most a year; zero for none");
    exitGrace = limit;
    return this;
  }

  @Override
  public ProcessScheduler.Builder heap(String size) {
    heap = checkSize(size, "heap");
    return this;
  }

  private static String checkSize(String size, String option) {
    Objects.requireNonNull(size, option);
    check(SIZE.matcher(size).matches(), option, size, "give a size such as 256m or 2g");
    return size;
  }

  @Override
  public ProcessScheduler.Builder jvmArgs(String... args) {
    Objects.requireNonNull(args, "jvmArgs");
    for (String arg : args) {
      Objects.requireNonNull(arg, "jvmArgs");
    }
    jvmArgs = List.of(args);
    return this;
  }

  @Override
  public ProcessScheduler.Builder javaHome(Path home) {
    Objects.requireNonNull(home, "javaHome");
    check(
        Files.isExecutable(home.resolve("bin/java"))
            || Files.isExecutable(home.resolve("bin/java.exe")),
        "javaHome",
        home,
        "there is no bin/java that can be run; give the directory of a JDK or JRE, 17 or later");
    int version = Options.javaVersion(home);
    check(
        version == 0 || version >= Options.OLDEST_JAVA,
        "javaHome",
        home,
        "that is Java " + version + "; give the directory of a JDK or JRE, 17 or later");
    javaHome = home;
    return this;
  }

  @Override
  public ProcessScheduler.Builder environment(Map<String, String> variables) {
    Objects.requireNonNull(variables, "environment");
    variables.forEach(
        (name, value) -> {
          Objects.requireNonNull(name, "environment: a name");
          Objects.requireNonNull(value, "environment: the value of " + name);
          check(
              !name.isEmpty()
                  && name.indexOf('=') < 0
                  && name.indexOf(0) < 0
                  && value.indexOf(0) < 0,
              "environment",
              "\"" + name + "\"",
              "give names that are not empty and hold neither '=' nor NUL, and values without NUL");
        });
    environment = Map.copyOf(variables);
    return this;
  }

  @Override
  public ProcessScheduler.Builder inheritEnvironment(String... names) {
    Objects.requireNonNull(names, "inheritEnvironment");
    for (String variable : names) {
      Objects.requireNonNull(variable, "inheritEnvironment: a name");
      check(
          !variable.isEmpty() && variable.indexOf('=') < 0,
          "inheritEnvironment",
          "\"" + variable + "\"",
          "give names of variables, without values");
    }
    inherited = new HashSet<>(List.of(names));
    return this;
  }

  @Override
  public ProcessScheduler.Builder workingDirectory(Path directory) {
    workingDirectory = checkDirectory(directory, "workingDirectory");
    return this;
  }

  private static Path checkDirectory(Path directory, String option) {
    Objects.requireNonNull(directory, option);
    check(
        Files.isDirectory(directory),
        option,
        directory,
        "there is no such directory; make it first");
    return directory;
  }

  @Override
  public ProcessScheduler.Builder scratchDirectory(boolean own) {
    scratch = own;
    return this;
  }

  @Override
  public ProcessScheduler.Builder crashReports(Path directory) {
    crashReports = checkDirectory(directory, "crashReports").toAbsolutePath();
    return this;
  }

  @Override
  public ProcessScheduler.Builder classPath(List<Path> entries) {
    Objects.requireNonNull(entries, "classPath");
    for (Path entry : entries) {
      Objects.requireNonNull(entry, "classPath");
      check(Files.exists(entry), "classPath", entry, "there is no such file or directory");
    }
    classPath = List.copyOf(entries);
    return this;
  }

  @Override
  public ProcessScheduler.Builder classArchive(boolean use) {
    archive = use;
    return this;
  }

  @Override
  public ProcessScheduler.Builder classArchives(Path directory) {
    archiveDirectory = checkDirectory(directory, "classArchives").toAbsolutePath();
    archive = true;
    return this;
  }

  @Override
  public ProcessScheduler.Builder launcher(UnaryOperator<List<String>> launcher) {
    this.launcher = Objects.requireNonNull(launcher, "launcher");
    return this;
  }

  @Override
  public ProcessScheduler.Builder initializer(Task<?> task) {
    initializer = Objects.requireNonNull(task, "initializer");
    return this;
  }

  @Override
  public ProcessScheduler.Builder output(Output output) {
    this.output = Objects.requireNonNull(output, "output");
    return this;
  }

  @Override
  public ProcessScheduler.Builder codec(Codec codec) {
    Objects.requireNonNull(codec, "codec");
    String unfit = CodecClass.unfit(codec);
    check(unfit.isEmpty(), "codec", codec.getClass().getName(), unfit);
    this.codec = codec;
    return this;
  }

  @Override
  public ProcessScheduler.Builder trust(Trust trust) {
    this.trust = Objects.requireNonNull(trust, "trust");
    return this;
  }

  @Override
  public ProcessScheduler.Builder resultTypes(Class<?>... types) {
    Objects.requireNonNull(types, "resultTypes");
    for (Class<?> type : types) {
      Objects.requireNonNull(type, "resultTypes: a class");
      check(
          Serializable.class.isAssignableFrom(type) || type.isInterface() || type.isPrimitive(),
          "resultTypes",
          type.getName(),
          "give serializable classes: an object of any other cannot come");
    }
    resultTypes = List.of(types);
    return this;
  }

  @Override
  public ProcessScheduler.Builder maxFrame(int bytes) {
    check(
        bytes >= 1 << 20 && bytes <= 1 << 30, "maxFrame", bytes, "give bytes from 1 MiB to 1 GiB");
    maxFrame = bytes;
    return this;
  }

  @Override
  public ProcessScheduler.Builder reporter(Reporter reporter) {
    reporters.add(Objects.requireNonNull(reporter, "reporter"));
    return this;
  }

  @Override
  public ProcessScheduler.Builder contextKeys(String... keys) {
    Objects.requireNonNull(keys, "contextKeys");
    for (String key : keys) {
      Objects.requireNonNull(key, "contextKeys: a key");
      check(!key.isBlank(), "contextKeys", "\"" + key + "\"", "give keys that are not blank");
    }
    contextKeys = Stream.of(keys).distinct().toList();
    return this;
  }

  @Override
  public ProcessScheduler.Builder observer(ItemObserver observer) {
    this.observer = Objects.requireNonNull(observer, "observer");
    return this;
  }

  @Override
  public ProcessScheduler.Builder engine(Engine.Maker engine) {
    this.engine = Objects.requireNonNull(engine, "engine");
    return this;
  }

  @Override
  public ProcessScheduler build() {
    if (initializer != null) {
      Pool.checkShippable(initializer);
    }
    check(
        retryHeap == null || retries > 0,
        "retryHeap",
        String.valueOf(retryHeap),
        "set retryAborted, too: nothing is run again without it");
    check(
        resultTypes.isEmpty() || trust == Trust.UNTRUSTED,
        "resultTypes",
        resultTypes,
        "set trust(Trust.UNTRUSTED), too: nothing is filtered without it");
    check(
        !scratch || workingDirectory == null,
        "scratchDirectory",
        true,
        "leave out workingDirectory, or this: a child runs in one of the two");
    return new ProcessScheduler(
        engine.make(
            new Options(
                name,
                children,
                window == 0 && !mayFollow() ? 1 : window,
                timeout,
                silenceTimeout,
                slowAfter,
                startTimeout,
                queueTimeout,
                maxPending,
                spares,
                retries,
                retryHeap,
                maxItems,
                maxMemory,
                maxAge,
                idleTimeout,
                exitGrace,
                maxFrame,
                timer,
                initializer,
                output,
                Options.codec(codec, trust, resultTypes, javaHome),
                trust,
                resultTypes,
                List.copyOf(reporters),
                contextKeys,
                observer,
                Options.launch(
                    javaHome,
                    allJvmArgs(),
                    environment,
                    inherited,
                    workingDirectory,
                    scratch,
                    crashReports,
                    children,
                    classPath,
                    archives(),
                    trust,
                    launcher,
                    Delegate.class.getClassLoader()),
                launcher != null)));
  }

  private @Nullable Path archives() {
    if (!archive) {
      return null;
    }
    return archiveDirectory == null ? Options.usualArchives() : archiveDirectory;
  }

  /** Not where it matters that few items are asked for ahead, or which one was under way. */
  private boolean mayFollow() {
    return trust == Trust.TRUSTED
        && queueTimeout == null
        && maxPending == Integer.MAX_VALUE
        && maxMemory == Long.MAX_VALUE;
  }

  private List<String> allJvmArgs() {
    List<String> args = new ArrayList<>();
    if (heap != null) {
      args.add("-Xmx" + heap);
    }
    args.addAll(jvmArgs);
    return args;
  }
}
