package io.delegate.web;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is shown, how much of it is kept, and to whom: see {@link Dashboard.Builder}. */
record DashboardOptions(
    String title,
    Duration history,
    int maxDeaths,
    boolean evidence,
    @Nullable Duration limit,
    Set<String> allowedHosts) {}
