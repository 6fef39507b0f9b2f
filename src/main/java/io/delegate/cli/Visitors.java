package io.delegate.cli;

import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests that a page of another site made somebody's browser send. A server for this
 * machine alone is within reach of every page that its user opens: by a form or a script that posts
 * to it, which shows in {@code Origin}, or by a name of its own that leads here (DNS rebinding),
 * which shows in {@code Host}.
 */
final class Visitors {
  private final boolean loopback;
  private final Set<String> names;

  /**
   * For a server.
   *
   * @param loopback whether only this machine can reach it: then it goes by names of this machine
   * @param names what else it goes by, behind a proxy
   */
  Visitors(boolean loopback, Collection<String> names) {
    this.loopback = loopback;
    this.names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    this.names.addAll(names);
  }

  /** Why a request with these headers is not served; null when it is. */
  @Nullable String refuse(@Nullable String host, @Nullable String origin) {
    return refuse(host, origin, null);
  }

  /** {@code site}: what the browser itself says; a proxy may have changed the host. */
  @Nullable String refuse(@Nullable String host, @Nullable String origin, @Nullable String site) {
    String name = host == null ? "" : name(host);
    if (loopback && host != null && !isOurs(name)) {
      return "this server does not go by the name " + name + "; see --allowed-host";
    }
    boolean isOwn = "same-origin".equals(site) || "none".equals(site);
    if (origin != null && !isOwn && !isSame(origin, host)) {
      return "pages of " + origin + " may not use this server; see --allowed-host";
    }
    return null;
  }

  private boolean isSame(String origin, @Nullable String host) {
    try {
      URI from = URI.create(origin);
      String authority = from.getAuthority();
      return authority != null
          && (authority.equalsIgnoreCase(host) || names.contains(name(authority)));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean isOurs(String name) {
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.equals("[::1]")
        || name.matches("127(\\.\\d{1,3}){3}")
        || names.contains(name);
  }

  /** Without its port. */
  private static String name(String host) {
    int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
    return (end > 0 ? host.substring(0, end) : host).toLowerCase(Locale.ROOT);
  }
}
