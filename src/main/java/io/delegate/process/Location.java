package io.delegate.process;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where classes are, as a class loader says it. */
sealed interface Location {
  /** How the URLs of Spring Boot's class loader begin, since 3.2. */
  String NESTED = "nested:";

  /** A jar or a directory. */
  record OnDisk(Path path) implements Location {
    public OnDisk {
      path = absolute(path);
    }
  }

  /**
   * A jar or a directory inside a jar, as in the executable jars of Spring Boot.
   *
   * @param jar the outer one
   * @param entry the name in it
   */
  record InJar(Path jar, String entry) implements Location {
    public InJar {
      jar = absolute(jar);
    }
  }

  /**
   * Where the system would find it: {@code link/..} is not where the link is, but above where it
   * leads.
   */
  static Path absolute(Path path) {
    Path whole = path.toAbsolutePath();
    for (Path step : whole) {
      if (step.toString().equals("..")) {
        try {
          return whole.toRealPath();
        } catch (IOException e) { // it is not there
          break;
        }
      }
    }
    return whole.normalize();
  }

  /** A place that only its class loader can read. */
  record Elsewhere(String url) implements Location {}

  /** Of what a URL class loader names. */
  static Location of(URL url) {
    String text = url.toString();
    try {
      String inner = cut(text, "jar:");
      return inner == null ? plain(url, text) : inJar(inner, text);
    } catch (InvalidPathException e) { // letters that this JVM's encoding does not have
      return new Elsewhere(text);
    }
  }

  /** Of the place in which that URL, a class loader's answer, has that resource. */
  static Location of(URL url, String resource) {
    String text = url.toString();
    String place = text.endsWith(resource) ? cutEnd(text, resource) : text;
    try {
      String inner = cut(place, "jar:");
      if (inner != null) {
        return inJar(inner, text);
      }
      Path path = place.equals(text) ? null : file(place);
      return path == null ? new Elsewhere(text) : new OnDisk(path);
    } catch (InvalidPathException e) {
      return new Elsewhere(text);
    }
  }

  private static Location plain(URL url, String text) {
    if ("file".equalsIgnoreCase(url.getProtocol())) {
      Path path = file(text);
      // as File.toURL makes them, blanks and all
      return new OnDisk(path == null ? new File(url.getPath()).toPath() : path);
    }
    return text.startsWith(NESTED) ? inJar(text, text) : new Elsewhere(text);
  }

  /** {@code nested:/x/app.jar/!BOOT-INF/lib/y.jar!/}, or {@code file:/x/app.jar!/…!/} before. */
  private static Location inJar(String inner, String text) {
    boolean nested = inner.startsWith(NESTED);
    String separator = nested ? "/!" : "!/";
    int end = inner.indexOf(separator);
    // a directory may be called "!"
    for (int at = end; at >= 0; at = inner.indexOf(separator, at + 1)) {
      Path jar = outer(inner.substring(0, at), nested);
      if (jar != null && Files.isRegularFile(jar)) {
        end = at;
        break;
      }
    }
    Path jar = outer(end < 0 ? inner : inner.substring(0, end), nested);
    String rest = end < 0 ? "" : inner.substring(end + separator.length());
    if (jar == null) {
      return new Elsewhere(text);
    }
    String entry = rest.endsWith("!/") ? cutEnd(rest, "!/") : rest;
    if (entry.isEmpty()) {
      return new OnDisk(jar);
    }
    // further in than one jar: nobody makes such a loader that is known
    return entry.contains("!/") ? new Elsewhere(text) : new InJar(jar, decode(entry));
  }

  private static @Nullable Path outer(String text, boolean nested) {
    return nested ? decodedPath(text.substring(NESTED.length())) : file(text);
  }

  private static @Nullable Path file(String text) {
    try {
      URI uri = new URI(text);
      return "file".equalsIgnoreCase(uri.getScheme()) ? Path.of(uri) : null;
    } catch (URISyntaxException | IllegalArgumentException notEncoded) {
      return null;
    }
  }

  private static Path decodedPath(String text) {
    String path = decode(text);
    // /C:/x is what Windows has for a path in a URL
    boolean drive = Platform.WINDOWS && path.length() > 2 && path.charAt(2) == ':';
    return Path.of(drive ? path.substring(1) : path);
  }

  /** Of {@code %41} and the like; a {@code +} stays. */
  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] from = text.getBytes(StandardCharsets.UTF_8);
    byte[] to = new byte[from.length];
    int length = 0;
    for (int i = 0; i < from.length; i++) {
      int high = from[i] == '%' && i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(from[i + 2], 16);
      to[length++] = low < 0 ? from[i] : (byte) (high << 4 | low);
      i += low < 0 ? 0 : 2;
    }
    return new String(to, 0, length, StandardCharsets.UTF_8);
  }

  private static @Nullable String cut(String text, String start) {
    return text.regionMatches(true, 0, start, 0, start.length())
        ? text.substring(start.length())
        : null;
  }

  private static String cutEnd(String text, String end) {
    return text.substring(0, text.length() - end.length());
  }
}
