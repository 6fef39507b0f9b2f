package io.delegate.web;

import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The one place where options are checked. */
final class DelegateHandlerBuilder<I, R> implements DelegateHandler.Builder<I, R> {
  private final Work<? super I, ? extends R> work;
  private final ProcessScheduler scheduler;
  private final ItemReader<? extends I> in;
  private final ResultWriter<? super R> out;
  private long maxBodyBytes = Long.MAX_VALUE;
  private int maxItemBytes = 1 << 20;
  private long maxItems = Long.MAX_VALUE;
  private int ahead = 256;
  private @Nullable Duration timeout;
  private Duration bodyTimeout = Duration.ofSeconds(30);
  private Duration writeTimeout = Duration.ofMinutes(10);
  private @Nullable Duration heartbeat;
  private boolean evidence = true;
  private @Nullable RequestLimit limit;
  private Set<String> allowedHosts = Set.of();
  private Set<String> allowedOrigins = Set.of();

  DelegateHandlerBuilder(
      Work<? super I, ? extends R> work,
      ProcessScheduler scheduler,
      ItemReader<? extends I> in,
      ResultWriter<? super R> out) {
    this.work = Objects.requireNonNull(work, "work");
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
    this.in = Objects.requireNonNull(in, "in");
    this.out = Objects.requireNonNull(out, "out");
  }

  @Override
  public DelegateHandler.Builder<I, R> maxBodyBytes(long bytes) {
    Checks.atLeast(1, bytes, "maxBodyBytes");
    maxBodyBytes = bytes;
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> maxItemBytes(int bytes) {
    Checks.atLeast(1, bytes, "maxItemBytes");
    maxItemBytes = bytes;
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> maxItems(long items) {
    Checks.atLeast(1, items, "maxItems");
    maxItems = items;
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> ahead(int outcomes) {
    Checks.atLeast(1, outcomes, "ahead");
    ahead = outcomes;
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> timeout(Duration limit) {
    timeout = Checks.time(limit, "timeout");
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> bodyTimeout(Duration limit) {
    bodyTimeout = Checks.time(limit, "bodyTimeout");
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> writeTimeout(Duration limit) {
    writeTimeout = Checks.time(limit, "writeTimeout");
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> allowedHosts(String... hosts) {
    allowedHosts = Hosts.checked(hosts);
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> allowedOrigins(String... origins) {
    allowedOrigins = Arrays.stream(origins).map(Checks::origin).collect(Collectors.toSet());
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> heartbeat(Duration period) {
    heartbeat = Checks.time(period, "heartbeat");
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> evidence(boolean told) {
    evidence = told;
    return this;
  }

  @Override
  public DelegateHandler.Builder<I, R> limit(RequestLimit limit) {
    this.limit = Objects.requireNonNull(limit, "limit");
    return this;
  }

  @Override
  public BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> build() {
    return new Handler<>(
        new WebOptions<>(
            work,
            scheduler,
            in,
            out,
            maxBodyBytes,
            maxItemBytes,
            maxItems,
            ahead,
            timeout,
            bodyTimeout,
            writeTimeout,
            heartbeat,
            evidence,
            limit,
            new Hosts(allowedHosts),
            new Origins(allowedHosts, allowedOrigins)));
  }
}
