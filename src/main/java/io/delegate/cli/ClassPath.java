package io.delegate.cli;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What {@code --classpath} says. */
final class ClassPath {
  private static final String OPTION = "Invalid value for option '--classpath': '";

  private ClassPath() {}

  /** Its entries, absolute, all of them there; empty ones are left out. */
  static List<Path> parse(String option) {
    List<Path> entries = new ArrayList<>();
    for (String entry : option.split(File.pathSeparator, -1)) {
      if (entry.endsWith("/*") || entry.endsWith(File.separator + "*")) {
        entries.addAll(jars(entry, existing(entry, entry.substring(0, entry.length() - 1))));
      } else if (!entry.isBlank()) {
        entries.add(existing(entry, entry));
      }
    }
    return entries;
  }

  /** The class path this program was started with, absolute. */
  static List<Path> own() {
    List<Path> entries = new ArrayList<>();
    String own = System.getProperty("java.class.path", "");
    for (String entry : own.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().normalize()); // an empty one is this directory
    }
    return entries;
  }

  static URL[] urls(List<Path> entries) {
    URL[] urls = new URL[entries.size()];
    for (int i = 0; i < urls.length; i++) {
      try {
        urls[i] = entries.get(i).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException(OPTION + entries.get(i) + "': " + e.getMessage(), e);
      }
    }
    return urls;
  }

  private static Path existing(String entry, String path) {
    Path absolute = Path.of(path).toAbsolutePath().normalize();
    if (!Files.exists(absolute)) {
      String whole = absolute.toString().equals(entry) ? "" : " (" + absolute + ")";
      throw new IllegalArgumentException(
          OPTION
              + entry
              + "'"
              + whole
              + " is not there: give jars and directories, separated by "
              + File.pathSeparator);
    }
    return absolute;
  }

  private static List<Path> jars(String entry, Path directory) {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.{jar,JAR}")) {
      found.forEach(jars::add);
    } catch (IOException e) {
      throw new IllegalArgumentException(OPTION + entry + "' cannot be listed: " + e, e);
    }
    Collections.sort(jars);
    return jars;
  }
}
