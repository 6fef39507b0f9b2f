package io.delegate.process;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The class path a child gets. */
public final class ClassPath {
  private static final Logger LOG = LoggerFactory.getLogger(ClassPath.class);
  private static final AtomicBoolean toldOfLauncher = new AtomicBoolean();

  /** A class path that was found to hold what a child starts with. */
  private static volatile List<Path> held = List.of();

  private ClassPath() {}

  /**
   * How a child finds its classes.
   *
   * @param entries jars and directories
   * @param boot reads them in place, where there was no place to unpack them; then there are no
   *     entries
   */
  record Found(List<Path> entries, @Nullable BootLauncher boot) {}

  /**
   * What of the children's class path is on the disk: the user's if there is one, else that of the
   * running program, by all its sources. Absolute, without duplicates and without what does not
   * exist.
   *
   * @param spec how to start a child
   * @return the entries in order
   */
  public static List<Path> base(LaunchSpec spec) {
    return spec.classPath().isEmpty()
        ? existing(onDisk(ClassSource.ask(ClassSource.ofProgram(spec.loader()))))
        : existing(spec.classPath());
  }

  /**
   * The same with what is inside of jars, which is unpacked unless it was before: files that can be
   * sent to another machine. The working directory is not among them: it stands for an empty entry,
   * which most class paths have by mistake. Blocks for as long as that takes.
   *
   * @param spec how to start a child
   * @return the entries in order
   * @throws IOException if a child would not find its classes there
   */
  public static List<Path> files(LaunchSpec spec) throws IOException {
    try {
      Found found = find(spec, List.of(), (Path) null);
      BootLauncher boot = found.boot();
      if (boot != null) {
        throw new IOException(
            "what is inside of "
                + boot.jar()
                + " cannot be unpacked, and only files are sent to nodes: make the user's cache"
                + " directory writable");
      }
      Path here = Path.of("").toAbsolutePath().normalize();
      return found.entries().stream().filter(path -> !path.normalize().equals(here)).toList();
    } catch (StartException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * The same with what is inside of jars, which is unpacked unless it was before. Blocks for as
   * long as that takes.
   *
   * @param more what the program's context class loader adds
   * @param directory where something can be put that goes with this scheduler
   * @throws StartException if a child would not find its classes
   */
  static Found find(LaunchSpec spec, List<Location> more, @Nullable Path directory)
      throws StartException {
    if (!spec.classPath().isEmpty()) {
      return new Found(existing(spec.classPath()), null);
    }
    List<ClassSource> sources = ClassSource.ofProgram(spec.loader());
    Set<Location> all = new LinkedHashSet<>(ClassSource.ask(sources));
    if (LOG.isDebugEnabled()) {
      LOG.debug("classes of the children: {}", ClassSource.told(sources));
    }
    all.addAll(more);
    Found found = find(spec, new ArrayList<>(all), roots(spec, directory));
    if (found.boot() == null && !holds(found.entries(), spec.mainClass())) {
      throw ClassAdvice.lost(spec, all);
    }
    return found;
  }

  private static Found find(LaunchSpec spec, List<Location> all, List<Path> roots)
      throws StartException {
    try {
      return new Found(existing(unpacked(all, roots)), null);
    } catch (IOException e) {
      List<Location.InJar> nested = nested(all);
      BootLauncher boot = BootLauncher.of(nested, existing(onDisk(all)), BootLauncher::ofThisJvm);
      if (boot == null) {
        throw ClassAdvice.packed(spec, nested, roots, e);
      }
      if (toldOfLauncher.compareAndSet(false, true)) {
        LOG.warn(
            "children start from {} by Spring Boot's launcher, which takes longer: it cannot be"
                + " unpacked to any of {}: {}",
            boot.jar(),
            roots,
            e.toString());
      }
      return new Found(List.of(), boot);
    }
  }

  /** Where what is inside of jars may be put; the first that serves is taken. */
  private static List<Path> roots(LaunchSpec spec, @Nullable Path directory) {
    List<Path> roots = new ArrayList<>();
    Path cache = spec.archives() == null ? ArchiveRoot.usual() : spec.archives();
    if (cache != null) {
      roots.add(cache);
    }
    if (directory != null) {
      roots.add(directory);
    }
    return roots;
  }

  /** Where all of them are on the disk, in the same order. */
  private static List<Path> unpacked(List<Location> all, List<Path> roots) throws IOException {
    Map<Path, List<String>> wanted = new LinkedHashMap<>();
    for (Location.InJar at : nested(all)) {
      wanted.computeIfAbsent(at.jar(), jar -> new ArrayList<>()).add(at.entry());
    }
    Map<Path, Map<String, Path>> places = new LinkedHashMap<>();
    for (Map.Entry<Path, List<String>> of : wanted.entrySet()) {
      places.put(of.getKey(), Unpacked.of(of.getKey(), of.getValue(), roots));
    }
    List<Path> found = new ArrayList<>();
    for (Location location : all) {
      if (location instanceof Location.OnDisk at) {
        found.add(at.path());
      } else if (location instanceof Location.InJar at) {
        Path place = places.getOrDefault(at.jar(), Map.of()).get(at.entry());
        if (place != null) {
          found.add(place);
        }
      }
    }
    return found;
  }

  private static List<Location.InJar> nested(Collection<Location> all) {
    return all.stream()
        .filter(Location.InJar.class::isInstance)
        .map(Location.InJar.class::cast)
        .toList();
  }

  private static List<Path> onDisk(Collection<Location> all) {
    return all.stream()
        .filter(Location.OnDisk.class::isInstance)
        .map(at -> ((Location.OnDisk) at).path())
        .toList();
  }

  /** Whether a JVM with that class path finds the class; it looks as the JVM does. */
  private static boolean holds(List<Path> entries, String type) {
    Path own = OwnClasses.location();
    if ((own != null && entries.contains(own)) || entries.equals(held)) {
      return true;
    }
    try {
      URL[] urls = new URL[entries.size()];
      for (int i = 0; i < urls.length; i++) {
        urls[i] = entries.get(i).toUri().toURL();
      }
      try (URLClassLoader probe = new URLClassLoader(urls, null)) {
        boolean found = probe.findResource(type.replace('.', '/') + ".class") != null;
        held = found ? entries : held;
        return found;
      }
    } catch (IOException e) {
      return true; // the child will say
    }
  }

  static List<Path> ofProperties(String classPath, @Nullable String modulePath) {
    List<Path> found = new ArrayList<>();
    found.addAll(new ProgramPath(classPath, modulePath != null, null).paths());
    found.addAll(new ModulePath(modulePath).paths());
    return found;
  }

  /**
   * The files of the {@link URLClassLoader}s from this loader up to the system's, which is left
   * out; parents first, as classes are looked up.
   *
   * @param loader where to begin
   * @return the entries in order
   */
  public static List<Path> urlsOf(@Nullable ClassLoader loader) {
    return onDisk(new LoaderUrls(loader).locations());
  }

  /**
   * Why no child can load the class of a work, if that is known beforehand.
   *
   * @param spec how children are started
   * @param type of the work
   * @return the reason and what to do about it; null if nothing speaks against it
   */
  public static @Nullable String objection(LaunchSpec spec, Class<?> type) {
    return ClassReach.objection(spec, type);
  }

  /**
   * Which Java that is.
   *
   * @param home of a JDK or JRE
   * @return its feature version; 0 if it does not tell without being started
   */
  public static int javaVersion(Path home) {
    return JavaHome.version(home).orElse(0);
  }

  /**
   * Whether all that a class loader has is where it says: a {@link URLClassLoader}, or one of the
   * JDK's.
   *
   * @param loader any
   * @return false for one of a kind that may have anything from anywhere
   */
  public static boolean tells(ClassLoader loader) {
    return LoaderUrls.tells(loader);
  }

  /**
   * Whether that is known to be without a module of the JDK's, as a runtime made by {@code jlink}
   * may be.
   *
   * @param home of a JDK or JRE
   * @param module its name
   * @return false where it has it, or does not tell
   */
  public static boolean lacks(Path home, String module) {
    return JavaHome.lacks(home, module);
  }

  /**
   * What the class loader of a work has beyond the class path of the children.
   *
   * @param spec how children are started
   * @param type of the work
   * @return the entries in order
   * @throws IOException if something is inside of a jar and cannot be unpacked
   */
  public static List<Path> beyond(LaunchSpec spec, Class<?> type) throws IOException {
    boolean shared = ClassReach.isShared(spec, type);
    if (shared && spec.classPath().isEmpty()) {
      return List.of(); // asked for every item that is submitted
    }
    Set<Location> all = new LinkedHashSet<>(new LoaderUrls(type.getClassLoader()).locations());
    if (shared) { // the user has said what the children are to have of that
      all.removeIf(Location.InJar.class::isInstance);
    } else {
      // those are unpacked for the start of each child
      Set<Location> ours = Set.copyOf(new LoaderUrls(spec.loader()).locations());
      all.removeIf(at -> at instanceof Location.InJar && ours.contains(at));
      Location own = ClassReach.place(type);
      if (own != null) { // its loader need not tell what it has
        all.add(own);
      }
    }
    if (all.isEmpty()) {
      return List.of();
    }
    List<Path> found = new ArrayList<>(unpacked(new ArrayList<>(all), roots(spec, null)));
    found.removeAll(base(spec));
    return found;
  }

  private static List<Path> existing(Collection<Path> paths) {
    return paths.stream().map(Location::absolute).distinct().filter(Files::exists).toList();
  }
}
