package io.delegate.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Tells whether a page of another site made somebody's browser send a request: within reach of the
 * browser is within reach of every page that its user opens. Browsers say so, in {@code
 * Sec-Fetch-Site} or {@code Origin}, and no page can keep them from it.
 */
final class Origins {
  private static final String FETCH_SITE = "sec-fetch-site";

  private final Set<String> hosts;
  private final Set<String> allowed;

  /**
   * Makes one.
   *
   * @param hosts what else the server goes by, in small letters
   * @param allowed other sites whose pages may use it, in small letters
   */
  Origins(Set<String> hosts, Set<String> allowed) {
    this.hosts = hosts;
    this.allowed = allowed;
  }

  /** Throws the problem if so, unless that site is allowed. */
  void check(HttpServerRequest request) {
    HttpHeaders headers = request.requestHeaders();
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (!permits(headers.get(FETCH_SITE), origin, headers.get(HttpHeaderNames.HOST))) {
      throw Problem.of(
          ProblemKind.FOREIGN_ORIGIN,
          "a page of %s has sent it; allowedOrigins can name that"
              .formatted(origin == null ? "another site" : ShortText.of(origin)));
    }
  }

  boolean permits(@Nullable String site, @Nullable String origin, @Nullable String host) {
    if (origin != null && allows(origin)) {
      return true;
    }
    if (site != null) { // a proxy may have changed the name of the host; the browser knows better
      return site.equals("same-origin") || site.equals("none");
    }
    return origin == null || isOwn(origin, host);
  }

  /** Whether that other site may use the server, and read what it answers. */
  boolean allows(String origin) {
    return allowed.contains(origin.toLowerCase(Locale.ROOT));
  }

  private boolean isOwn(String origin, @Nullable String host) {
    try {
      URI from = URI.create(origin);
      String authority = from.getAuthority();
      return authority != null
          && (authority.equalsIgnoreCase(host) || hosts.contains(Hosts.name(authority)));
    } catch (IllegalArgumentException e) {
      return false; // null, as that of a page in a sandbox
    }
  }
}
