package io.delegate.spring;

import static io.delegate.spring.DelegateProperties.PREFIX;

import io.delegate.Deadline;
import io.delegate.ProcessScheduler;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/** Properties onto a builder; what the builder has against one is told of that property. */
final class BuilderSettings {
  private static final Pattern REFUSAL = Pattern.compile("option (\\w+) = (.*): .*");
  private static final long MIB = 1 << 20;

  private final DelegateProperties properties;

  BuilderSettings(DelegateProperties properties) {
    this.properties = properties;
  }

  /** All but the grace at the end, which is the context's. */
  void applyTo(ProcessScheduler.Builder b) {
    DelegateProperties p = properties;
    set("children", p.children(), b::children);
    set("name", p.name(), b::name);
    set("timeout", p.timeout(), b::timeout);
    if (p.deadline() != null) {
      set("deadline.times-median", p.deadline(), d -> b.deadline(deadline(d)));
    }
    set("silence-timeout", p.silenceTimeout(), b::silenceTimeout);
    set("slow-after", p.slowAfter(), b::slowAfter);
    set("start-timeout", p.startTimeout(), b::startTimeout);
    set("queue-timeout", p.queueTimeout(), b::queueTimeout);
    set("max-pending", p.maxPending(), b::maxPending);
    set("spares", p.spares(), b::spares);
    set("window", p.window(), b::window);
    set("retry-aborted", p.retryAborted(), b::retryAborted);
    set("retry-heap", p.retryHeap(), size -> b.retryHeap(heap(size)));
    set("max-items-per-child", p.maxItemsPerChild(), b::maxItemsPerChild);
    set("max-memory-per-child", p.maxMemoryPerChild(), s -> b.maxMemoryPerChild(s.toBytes()));
    set("max-age-per-child", p.maxAgePerChild(), b::maxAgePerChild);
    set("idle-timeout", p.idleTimeout(), b::idleTimeout);
    set("heap", p.heap(), size -> b.heap(heap(size)));
    set("jvm-args", p.jvmArgs(), args -> b.jvmArgs(args.toArray(String[]::new)));
    set("java-home", p.javaHome(), home -> b.javaHome(home.toPath()));
    set("environment", p.environment(), b::environment);
    set("inherit-environment", p.inheritEnvironment(), strings(b::inheritEnvironment));
    set("working-directory", p.workingDirectory(), dir -> b.workingDirectory(dir.toPath()));
    set("scratch-directory", p.scratchDirectory(), b::scratchDirectory);
    set("crash-reports", p.crashReports(), dir -> b.crashReports(dir.toPath()));
    set("class-path", p.classPath(), files -> b.classPath(paths(files)));
    set("class-archives", p.classArchives(), dir -> b.classArchives(dir.toPath()));
    set("class-archive", p.classArchive(), b::classArchive);
    set("launcher", p.launcher(), words -> b.launcher(command -> join(words, command)));
    set("output", p.output(), b::output);
    set("trust", p.trust(), b::trust);
    set("result-types", p.resultTypes(), types -> b.resultTypes(types.toArray(Class<?>[]::new)));
    set("max-frame", p.maxFrame(), size -> b.maxFrame(clamp(size.toBytes())));
    set("context-keys", p.contextKeys(), strings(b::contextKeys));
  }

  private static Consumer<List<String>> strings(Consumer<String[]> option) {
    return list -> option.accept(list.toArray(String[]::new));
  }

  private static <T> void set(String property, @Nullable T value, Consumer<T> option) {
    if (value != null) {
      try {
        option.accept(value);
      } catch (IllegalArgumentException e) {
        throw refused(property, value, e);
      }
    }
  }

  private static InvalidConfigurationPropertyValueException refused(
      String property, Object value, IllegalArgumentException why) {
    InvalidConfigurationPropertyValueException refused =
        new InvalidConfigurationPropertyValueException(
            PREFIX + "." + property, value, String.valueOf(why.getMessage()));
    refused.initCause(why);
    return refused;
  }

  /** Two options that do not go together are found out here. */
  static ProcessScheduler build(ProcessScheduler.Builder builder) {
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      Matcher refusal = REFUSAL.matcher(String.valueOf(e.getMessage()));
      throw refusal.matches() ? refused(kebab(refusal.group(1)), refusal.group(2), e) : e;
    }
  }

  static String kebab(String option) {
    return option.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private Deadline deadline(DelegateProperties.Relative limit) {
    if (limit.timesMedian() == null) {
      throw new IllegalArgumentException(
          "set it, too: delegate.deadline.at-least and at-most mean nothing without; for a fixed"
              + " time there is delegate.timeout");
    }
    if (properties.timeout() != null) {
      throw new IllegalArgumentException(
          "leave out delegate.timeout, or this: an item has one of the two");
    }
    Deadline deadline = Deadline.timesMedian(limit.timesMedian());
    if (limit.atLeast() != null) {
      deadline = deadline.atLeast(limit.atLeast());
    }
    return limit.atMost() == null ? deadline : deadline.atMost(limit.atMost());
  }

  /** As the JVM wants it; in whole mebibytes where that is exact, which is easier to read. */
  private static String heap(DataSize size) {
    long bytes = size.toBytes();
    return bytes % MIB == 0 ? bytes / MIB + "m" : Long.toString(bytes);
  }

  private static int clamp(long bytes) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(bytes, Integer.MAX_VALUE));
  }

  private static List<Path> paths(List<File> files) {
    return files.stream().map(File::toPath).toList();
  }

  private static List<String> join(List<String> words, List<String> command) {
    List<String> all = new ArrayList<>(words);
    all.addAll(command);
    return all;
  }
}
