package io.delegate.web;

import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Reporter;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Watches a scheduler in the browser: a page for a server of Reactor Netty.
 *
 * <pre>{@code
 * Dashboard dashboard = Dashboard.create();
 * ProcessScheduler children =
 *     ProcessScheduler.builder().children(6).reporter(dashboard.reporter()).build();
 * HttpServer.create().host("127.0.0.1").port(8080).route(dashboard.routes()).bindNow();
 * // http://127.0.0.1:8080/delegate/
 * }</pre>
 *
 * <p><b>The page</b> shows each slot with its child, what that runs and for how long, and a strip
 * of what it has run; how many items there are a second and what they take; how many had which
 * outcome; and the deaths, each with its evidence. It changes nothing: there is no way from the
 * page to the children. It needs no other host. Up to 32 may look at once.
 *
 * <p><b>Who may look.</b> It binds nothing, and has no password: whoever reaches the server can
 * read the items' texts and, unless {@link Builder#evidence} says otherwise, what children wrote to
 * stderr. So bind the server to loopback, or put the routes behind what guards the rest of it. A
 * foreign page cannot read it through a viewer's browser: not by a request, since browsers forbid
 * that, and not by a name of its own that it points here (DNS rebinding), since a connection to a
 * loopback address is served only if it asks for {@code localhost}, an address, or one of {@link
 * Builder#allowedHosts}; all else is answered with 403. Behind a proxy on the same machine that
 * passes on the name it was asked for, name that. Connections to other addresses may use any name,
 * unless names are given.
 *
 * <p><b>Where the numbers come from.</b> From the events of one scheduler ({@link
 * ProcessScheduler#events()}); make a dashboard for each. What items take is measured in the child
 * ({@link Outcome#took()}); it does not hold the time they waited. When something happened is when
 * it was told, some ms later. Of what was told while nobody kept up ({@link Event.Dropped}) nothing
 * is known but how much it was, and the page says so.
 *
 * <p><b>Memory.</b> The same after a million items as after a thousand: per second of the history
 * some 350 bytes; of what was run at most 16,384 pieces, each with at most 200 characters of an
 * item and of an error; and the last deaths, each with at most 24,576 characters of evidence. Runs
 * that are short and close to each other are one piece, with a count. The first 256 slots are
 * shown, of all others only their outcomes. Items and results are let go when their outcome is
 * told. The page in the browser has the same bounds.
 *
 * <p><b>Threads.</b> Events are taken in on the thread of reporters. As long as somebody looks,
 * what has changed is put together at most four times a second on {@link
 * Schedulers#boundedElastic()}; else nothing runs. An item is asked for its {@code toString()} on
 * either thread: only what is shown, and once. What a viewer has not read yet is one frame; the
 * next is made when that is taken, and holds all that is new by then. A viewer who hangs up is gone
 * at once, or when the next frame cannot be written; cancel does the same. A browser that has lost
 * the connection comes back by itself, to another server at the same address too, and begins with
 * all that is known there.
 */
public final class Dashboard implements AutoCloseable {
  /** Where it is unless told otherwise. */
  private static final String PATH = "/delegate";

  private final DashboardOptions options;
  private final Board board;
  private final Audience audience;

  Dashboard(DashboardOptions options) {
    this(options, System::nanoTime, System.currentTimeMillis());
  }

  /**
   * With a clock of its own.
   *
   * @param clock in ns, from anywhere
   * @param wall what the time is when it begins, in ms since 1970
   */
  Dashboard(DashboardOptions options, LongSupplier clock, long wall) {
    this.options = options;
    board = new Board(options, clock, wall);
    audience = new Audience(board);
  }

  private Dashboard(DashboardOptions options, Duration patience) {
    this.options = options;
    board = new Board(options, System::nanoTime, System.currentTimeMillis());
    audience = new Audience(board, patience);
  }

  /** One with default options, but for how long a viewer may take nothing. */
  static Dashboard impatient(Duration patience) {
    return new Dashboard(new DashboardBuilder().options(), patience);
  }

  /**
   * One with default options.
   *
   * @return the dashboard
   */
  public static Dashboard create() {
    return builder().build();
  }

  /**
   * A builder with default options.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new DashboardBuilder();
  }

  /**
   * What tells it of a scheduler: for {@link ProcessScheduler.Builder#reporter(Reporter)}.
   *
   * @return always the same; it blocks nobody, and knows what it was told before anybody looked
   */
  public Reporter reporter() {
    return board;
  }

  Audience audience() {
    return audience;
  }

  /**
   * The page and what it needs, at {@code /delegate/}.
   *
   * @return for {@code HttpServer.route}, or for {@code accept} with routes of your own
   */
  public Consumer<HttpServerRoutes> routes() {
    return routes(PATH);
  }

  /**
   * The page and what it needs, elsewhere. It answers GET and HEAD only, and nothing that is not
   * below the path; the path itself leads on to the page.
   *
   * @param path begins with a slash and does not end with one, such as {@code /ops/children}; of
   *     letters, digits, {@code - . _ ~} and slashes
   * @return for {@code HttpServer.route}, or for {@code accept} with routes of your own; may be
   *     used many times
   * @throws IllegalArgumentException for any other path
   */
  public Consumer<HttpServerRoutes> routes(String path) {
    if (!path.matches("(/[A-Za-z0-9._~-]+)+")) {
      throw new IllegalArgumentException(
          "path " + path + ": give one that begins with a slash and does not end with one");
    }
    Site site = new Site(path, options.allowedHosts(), audience);
    return routes -> routes.route(site::has, site);
  }

  /**
   * Ends all viewers' connections; who comes later gets 503. The reporter may go on to be told. The
   * server and the scheduler are left alone. A second call does nothing.
   */
  @Override
  public void close() {
    audience.close();
  }

  /** Every option has a default; what is set last counts. Bad values are refused at once. */
  public interface Builder {
    /**
     * The heading of the page. Default {@code delegate}.
     *
     * @param title not blank
     * @return this
     */
    Builder title(String title);

    /**
     * How far back strips and curves go. Default 5 minutes.
     *
     * @param span 10 s to an hour
     * @return this
     */
    Builder history(Duration span);

    /**
     * How many deaths are kept, the last ones. Default 200.
     *
     * @param deaths 1 to 1,000
     * @return this
     */
    Builder maxDeaths(int deaths);

    /**
     * Whether the page shows what may help to find a mistake: thread dumps, lines of stderr, and
     * crashes. Without, a death is told in one line, and a failure by its type alone. Turn it off
     * where viewers are strangers. Default: they are shown.
     *
     * @param told whether
     * @return this
     */
    Builder evidence(boolean told);

    /**
     * How long an item may run, so that the page shows how near it is to that. It is only shown:
     * give what {@link ProcessScheduler.Builder#timeout(Duration)} has. Default: not known.
     *
     * @param time more than zero, at most a year
     * @return this
     */
    Builder limit(Duration time);

    /**
     * By which names the server may be asked, beside {@code localhost} and addresses. Default: any
     * on connections to addresses that are not loopback, none on others. Once names are given, they
     * are the only ones everywhere.
     *
     * @param hosts without ports
     * @return this
     */
    Builder allowedHosts(String... hosts);

    /**
     * Makes the dashboard.
     *
     * @return the dashboard; it takes no notice of anything yet
     */
    Dashboard build();
  }
}
