package io.delegate.web;

import io.delegate.ProcessScheduler;
import io.delegate.Work;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a handler does, and how far it goes: see {@link DelegateHandler.Builder}. */
record WebOptions<I, R>(
    Work<? super I, ? extends R> work,
    ProcessScheduler scheduler,
    ItemReader<? extends I> in,
    ResultWriter<? super R> out,
    long maxBodyBytes,
    int maxItemBytes,
    long maxItems,
    int ahead,
    @Nullable Duration timeout,
    Duration bodyTimeout,
    Duration writeTimeout,
    @Nullable Duration heartbeat,
    boolean evidence,
    @Nullable RequestLimit limit,
    Hosts hosts,
    Origins origins) {}
