package io.delegate.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts children. */
public final class Launcher {
  private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);

  private final PrivateDirectory directory;
  private final Proc proc;
  private final DaemonThread.Starter threads;
  private final List<Location> context;
  private final Archives archives;

  private static final int MOST_ORDERS = 16;

  /** Of the class paths so far, with how their jars looked. */
  private final Map<String, ClassOrder> orders = new ConcurrentHashMap<>();

  /**
   * Makes one; the caller's context class loader adds to the class path of the children.
   *
   * @param directory for what is generated
   */
  public Launcher(PrivateDirectory directory) {
    this(directory, Proc.SYSTEM);
  }

  Launcher(PrivateDirectory directory, Proc proc) {
    this(directory, proc, DaemonThread::start);
  }

  Launcher(PrivateDirectory directory, Proc proc, DaemonThread.Starter threads) {
    this.directory = directory;
    this.proc = proc;
    this.threads = threads;
    this.archives = new Archives(this, directory);
    this.context = new LoaderUrls(Thread.currentThread().getContextClassLoader()).locations();
  }

  /**
   * Starts a child. Blocks while the system forks.
   *
   * @param spec how
   * @param args the program's arguments; anyone on the machine can read them
   * @param secret written to its stdin, which then stays open; small enough for a pipe (64 KiB on
   *     Linux, 16 KiB on macOS, 4 KiB on Windows)
   * @param sink takes its output
   * @return the child, running
   * @throws StartException if it cannot be started
   */
  public ChildProcess start(LaunchSpec spec, List<String> args, byte[] secret, OutputSink sink)
      throws StartException {
    long number = directory.nextChild();
    ClassOrder order = order(spec);
    ArchiveUse archive = archives.use(spec, order, number);
    try {
      return start(spec, args, secret, sink, number, order, archive);
    } catch (StartException | RuntimeException | Error e) {
      archive.ended(0, true);
      throw e;
    }
  }

  private ChildProcess start(
      LaunchSpec spec,
      List<String> args,
      byte[] secret,
      OutputSink sink,
      long number,
      ClassOrder order,
      ArchiveUse archive)
      throws StartException {
    ChildFiles files = ChildFiles.of(directory, number, spec.scratch());
    String cookie = directory.name() + "/" + number;
    List<String> plain = command(spec, args, files, order, archive);
    List<String> command = wrap(spec, plain);
    ProcessBuilder builder = builder(spec, command, cookie, files.scratch());
    makeScratch(files);
    long startedAt = System.nanoTime();
    Process process;
    try {
      Headroom.check();
      process = builder.start();
    } catch (IOException | RuntimeException e) {
      deleteScratch(files);
      throw StartException.refused(command, e);
    }
    boolean isJava = command.get(0).equals(plain.get(0));
    try {
      Evidence evidence =
          new Evidence(proc, process.pid(), isJava, startedAt, files, spec.crashReports());
      ChildProcess child =
          new ChildProcess(
              process,
              command,
              cookie,
              proc,
              threads,
              sink,
              isJava,
              evidence,
              files.scratch(),
              archive);
      child.watch();
      give(child, process, secret);
      return child;
    } catch (OutOfMemoryError noThread) { // the JDK's word for the limit on threads
      process.destroyForcibly();
      Families.ended(cookie);
      deleteScratch(files);
      throw StartException.refused(command, noThread);
    }
  }

  private static void makeScratch(ChildFiles files) throws StartException {
    if (files.scratch() != null) {
      try {
        Files.createDirectory(files.scratch());
      } catch (IOException e) {
        throw StartException.option(
            "scratchDirectory",
            true,
            "it cannot be made: " + e,
            "make room there, or set java.io.tmpdir to another place and start anew",
            e);
      }
    }
  }

  private static void deleteScratch(ChildFiles files) {
    if (files.scratch() != null) {
      Deletion.delete(files.scratch());
    }
  }

  /** As it was found for the same files before; a directory is the same whatever is in it. */
  private ClassOrder order(LaunchSpec spec) throws StartException {
    ClassPath.Found found = ClassPath.find(spec, context, directory.path());
    BootLauncher boot = found.boot();
    if (boot != null) {
      return ClassOrder.by(boot);
    }
    List<Path> classPath = found.entries();
    Path root = spec.archives();
    if (root == null) {
      return new ClassOrder(List.of(), classPath);
    }
    StringBuilder looks = new StringBuilder().append(root);
    try {
      for (Path entry : classPath) {
        looks.append('\n').append(Files.isDirectory(entry) ? entry : Fingerprint.now(entry));
      }
    } catch (IOException e) { // it is gone by now
      return new ClassOrder(List.of(), classPath);
    }
    ClassOrder known = orders.get(looks.toString());
    if (known == null) {
      try {
        known = ClassOrder.of(classPath, own(spec, root, classPath));
      } catch (IOException | RuntimeException e) {
        LOG.debug("the class path of a child is left as it is", e);
        known = new ClassOrder(List.of(), classPath);
      }
      if (orders.size() >= MOST_ORDERS) {
        orders.clear();
      }
      orders.put(looks.toString(), known);
    }
    return known;
  }

  private static List<Path> own(LaunchSpec spec, Path root, List<Path> classPath)
      throws IOException {
    return classPath.stream().anyMatch(Files::isDirectory)
        ? OwnClasses.jars(ArchiveRoot.open(root), classPath, spec.loader())
        : List.of();
  }

  private List<String> command(
      LaunchSpec spec, List<String> args, ChildFiles files, ClassOrder order, ArchiveUse archive)
      throws StartException {
    List<String> command = new ArrayList<>();
    command.add(JavaHome.executable(spec.javaHome()).toString());
    command.addAll(JvmFlags.of(spec, files, archive.flags()));
    try {
      command.addAll(program(spec, order, archive.jar()));
    } catch (IOException e) {
      throw new StartException(
          "the child did not start: its jar cannot be written to "
              + directory.path()
              + ": "
              + e
              + "; make room there, or set java.io.tmpdir to another place and start anew",
          e);
    }
    command.addAll(args);
    return command;
  }

  /** What the JVM is to run. An archive is good for a class path that begins as its own does. */
  private List<String> program(LaunchSpec spec, ClassOrder order, @Nullable Path jar)
      throws IOException {
    String main = spec.mainClass();
    BootLauncher boot = order.boot();
    if (boot != null) {
      return boot.program(spec);
    }
    if (jar == null) {
      return List.of(
          "-jar", ChildJar.in(directory.path(), order.all(), spec.addOpens(), main).toString());
    }
    String classPath = jar.toString();
    if (!order.rest().isEmpty()) {
      Path rest = ChildJar.in(directory.path(), order.rest(), List.of(), main);
      classPath += File.pathSeparator + rest;
    }
    return List.of("-cp", classPath, main);
  }

  /**
   * Makes the archive of classes for such children now, of what one of them has loaded so far.
   * Blocks shortly; what follows on the future must not wait for this launcher to be closed.
   *
   * @param spec how they are started
   * @return true when there is one
   * @throws IOException when files cannot be read
   */
  public CompletableFuture<Boolean> makeArchive(LaunchSpec spec) throws IOException {
    try {
      return archives.make(spec, order(spec));
    } catch (StartException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Ends what goes on in the background. Blocks until it is gone. */
  public void close() {
    archives.close();
  }

  private static List<String> wrap(LaunchSpec spec, List<String> command) throws StartException {
    List<String> wrapped;
    try {
      wrapped = spec.launcher().apply(List.copyOf(command));
    } catch (RuntimeException e) {
      throw badLauncher(spec, "it threw " + e, e);
    }
    if (wrapped == null || wrapped.isEmpty() || wrapped.stream().anyMatch(Objects::isNull)) {
      throw badLauncher(spec, "it returned " + wrapped, null);
    }
    return List.copyOf(wrapped);
  }

  private static StartException badLauncher(
      LaunchSpec spec, String problem, @Nullable Throwable cause) {
    return StartException.option(
        "launcher",
        spec.launcher(),
        problem,
        "it must return the command it was given, with words before it",
        cause);
  }

  private static ProcessBuilder builder(
      LaunchSpec spec, List<String> command, String cookie, @Nullable Path scratch)
      throws StartException {
    ProcessBuilder builder = new ProcessBuilder(command);
    Path workingDirectory = spec.workingDirectory();
    if (scratch != null) {
      builder.directory(scratch.toFile());
    } else if (workingDirectory != null) {
      if (!Files.isDirectory(workingDirectory)) {
        throw StartException.option(
            "workingDirectory",
            workingDirectory,
            "there is no such directory",
            "make it, or leave the option out for the parent's " + Path.of("").toAbsolutePath(),
            null);
      }
      builder.directory(workingDirectory.toFile());
    }
    try {
      ChildEnvironment.fill(builder.environment(), spec, scratch, cookie);
    } catch (IllegalArgumentException e) {
      throw StartException.option(
          "environment",
          spec.environment().keySet(),
          String.valueOf(e.getMessage()),
          "names hold neither '=' nor NUL, values no NUL",
          e);
    }
    return builder;
  }

  private static void give(ChildProcess child, Process process, byte[] secret) {
    try {
      OutputStream stdin = process.getOutputStream();
      stdin.write(secret);
      stdin.flush();
    } catch (IOException e) {
      // it has ended already: its exit status says more than the broken pipe
    } catch (OutOfMemoryError noRoom) {
      CompletableFuture<Void> unused = child.killTree(); // its threads wait for that
      throw noRoom;
    }
  }
}
