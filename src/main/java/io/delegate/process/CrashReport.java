package io.delegate.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file a JVM writes when it crashes.
 *
 * @param words what happened, and the frame it happened in, a line each; empty without a crash
 * @param peakMemory the most resident bytes the JVM had, 0 where it does not say
 */
record CrashReport(String words, long peakMemory) {
  static final CrashReport NONE = new CrashReport("", 0);

  /** The memory stands behind the maps and the stacks, some 100 KB from the start. */
  private static final int ENOUGH = 4 << 20;

  /** An assertion of the JVM's own is told in two lines, a lack of memory as well. */
  private static final int HEADLINES = 2;

  /** The longest head has about forty lines, unless the child wrote it itself. */
  private static final int HEAD_LINES = 200;

  private static final String FATAL = "A fatal error has been detected by";
  private static final String FRAME = "Problematic frame:";
  private static final Pattern IDS = Pattern.compile(", pid=\\d+, tid=\\d+");
  private static final Pattern PEAK =
      Pattern.compile("Resident Set Size: \\d+K \\(peak: (\\d{1,12})K");

  static CrashReport read(Path file) {
    return parse(ChildFiles.head(file, ENOUGH));
  }

  /** A file without a head, of a JVM that had no room for one, is no crash we can tell of. */
  static CrashReport parse(String text) {
    List<String> head =
        text.lines()
            .limit(HEAD_LINES)
            .takeWhile(line -> line.isEmpty() || line.startsWith("#"))
            .map(line -> line.replaceFirst("^#", "").strip())
            .toList();
    List<String> words = new ArrayList<>();
    int frame = head.indexOf(FRAME);
    head.stream()
        .limit(frame < 0 ? head.size() : frame)
        .dropWhile(String::isEmpty)
        .filter(line -> !line.startsWith(FATAL))
        .dropWhile(String::isEmpty)
        .takeWhile(line -> !line.isEmpty())
        .limit(HEADLINES)
        .map(line -> IDS.matcher(line).replaceFirst(""))
        .forEach(words::add);
    if (frame >= 0 && frame + 1 < head.size() && !head.get(frame + 1).isEmpty()) {
      words.add(head.get(frame + 1));
    }
    Matcher peak = PEAK.matcher(text);
    return new CrashReport(
        String.join("\n", words), peak.find() ? Long.parseLong(peak.group(1)) << 10 : 0);
  }

  boolean isCrash() {
    return !words.isEmpty();
  }
}
