package io.delegate.spring;

import io.delegate.Output;
import io.delegate.Trust;
import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * What {@code delegate.*} says; null where it says nothing, and the builder's default holds. What
 * each means stands in {@code META-INF/spring-configuration-metadata.json}, for editors to show.
 */
@ConfigurationProperties(DelegateProperties.PREFIX)
record DelegateProperties(
    @Nullable Integer children,
    @Nullable String name,
    @Nullable Duration timeout,
    @Nullable Relative deadline,
    @Nullable Duration silenceTimeout,
    @Nullable Duration slowAfter,
    @Nullable Duration startTimeout,
    @Nullable Duration queueTimeout,
    @Nullable Integer maxPending,
    @Nullable Integer spares,
    @Nullable Integer window,
    @Nullable Integer retryAborted,
    @Nullable DataSize retryHeap,
    @Nullable Long maxItemsPerChild,
    @Nullable DataSize maxMemoryPerChild,
    @Nullable Duration maxAgePerChild,
    @Nullable Duration idleTimeout,
    @Nullable Duration exitGrace,
    @Nullable DataSize heap,
    @Nullable List<String> jvmArgs,
    @Nullable File javaHome,
    @Nullable Map<String, String> environment,
    @Nullable List<String> inheritEnvironment,
    @Nullable File workingDirectory,
    @Nullable Boolean scratchDirectory,
    @Nullable File crashReports,
    @Nullable List<File> classPath,
    @Nullable Boolean classArchive,
    @Nullable File classArchives,
    @Nullable List<String> launcher,
    @Nullable Output output,
    @Nullable Trust trust,
    @Nullable List<Class<?>> resultTypes,
    @Nullable DataSize maxFrame,
    @Nullable List<String> contextKeys,
    @Nullable Health health) {
  static final String PREFIX = "delegate";

  /** A limit that follows what items usually take. */
  record Relative(
      @Nullable Double timesMedian, @Nullable Duration atLeast, @Nullable Duration atMost) {}

  /** When the health is down. */
  record Health(@Nullable Integer maxLosses) {}
}
