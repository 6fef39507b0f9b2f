package io.delegate.cli;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code serve} was asked for, checked. Null stands for no limit. */
record ServeLimits(
    Address listen,
    List<String> allowedHosts,
    ServeCommand.Items items,
    boolean dashboard,
    boolean evidence,
    @Nullable Duration requestTimeout,
    Duration writeTimeout,
    @Nullable Duration heartbeat,
    int maxItem,
    @Nullable Long maxBody,
    int maxRequests,
    int maxWaiting,
    Duration queueTimeout,
    int ahead) {}
