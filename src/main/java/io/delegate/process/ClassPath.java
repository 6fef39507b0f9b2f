package io.delegate.process;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The class path a child gets. */
public final class ClassPath {
  private ClassPath() {}

  /**
   * The user's class path if there is one, else that of the running program: {@code
   * java.class.path}, {@code jdk.module.path} and the files of the URL class loaders above and at
   * {@code spec.loader()}. Absolute, without duplicates and without what does not exist.
   *
   * @param spec how to start a child
   * @return the entries in order
   */
  public static List<Path> base(LaunchSpec spec) {
    return base(spec, List.of());
  }

  static List<Path> base(LaunchSpec spec, List<Path> more) {
    Set<Path> found = new LinkedHashSet<>();
    if (spec.classPath().isEmpty()) {
      found.addAll(
          ofProperties(
              System.getProperty("java.class.path", ""), System.getProperty("jdk.module.path")));
      found.addAll(urlsOf(spec.loader()));
      found.addAll(more);
    } else {
      found.addAll(spec.classPath());
    }
    return existing(found);
  }

  static List<Path> ofProperties(String classPath, @Nullable String modulePath) {
    List<Path> found = new ArrayList<>();
    // with modules only, the property is empty and means nothing, not the current directory
    if (!classPath.isEmpty() || modulePath == null) {
      for (String entry : classPath.split(File.pathSeparator, -1)) {
        found.add(Path.of(entry));
      }
    }
    if (modulePath != null) {
      for (String entry : modulePath.split(File.pathSeparator, -1)) {
        if (!entry.isEmpty()) {
          addModules(Path.of(entry), found);
        }
      }
    }
    return found;
  }

  /** An entry of a module path is a module, or a directory of modules. */
  private static void addModules(Path entry, List<Path> found) {
    if (!Files.isDirectory(entry) || Files.exists(entry.resolve("module-info.class"))) {
      found.add(entry);
      return;
    }
    List<Path> modules = new ArrayList<>();
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(entry)) {
      for (Path module : inside) {
        if (module.toString().endsWith(".jar")
            || Files.exists(module.resolve("module-info.class"))) {
          modules.add(module);
        }
      }
    } catch (IOException unreadable) {
      return;
    }
    modules.sort(null);
    found.addAll(modules);
  }

  /**
   * The files of the {@link URLClassLoader}s from this loader up to the system's, which is left
   * out; parents first, as classes are looked up.
   *
   * @param loader where to begin
   * @return the entries in order
   */
  public static List<Path> urlsOf(@Nullable ClassLoader loader) {
    List<Path> found = new ArrayList<>();
    ClassLoader system = ClassLoader.getSystemClassLoader();
    for (ClassLoader at = loader; at != null && at != system; at = at.getParent()) {
      if (at instanceof URLClassLoader urls) {
        found.addAll(0, files(urls.getURLs()));
      }
    }
    return found;
  }

  private static List<Path> files(URL @Nullable [] urls) {
    List<Path> found = new ArrayList<>();
    for (URL url : urls == null ? new URL[0] : urls) {
      if ("file".equalsIgnoreCase(url.getProtocol())) {
        try {
          found.add(Path.of(url.toURI()));
        } catch (URISyntaxException | IllegalArgumentException notEncoded) {
          found.add(new File(url.getPath()).toPath()); // as File.toURL makes them, blanks and all
        }
      }
    }
    return found;
  }

  private static List<Path> existing(Collection<Path> paths) {
    return paths.stream()
        .map(path -> path.toAbsolutePath().normalize())
        .distinct()
        .filter(Files::exists)
        .toList();
  }
}
