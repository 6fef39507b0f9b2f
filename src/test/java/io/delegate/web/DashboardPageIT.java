package io.delegate.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.ScreenshotCaret;
import io.delegate.ChildId;
import io.delegate.Delegate;
import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.Output;
import io.delegate.ProcessScheduler;
import io.delegate.Reporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The page in a real browser. Pictures of it go to {@code target}. */
class DashboardPageIT {
  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Path PICTURES = Path.of("target");
  private static final String HOSTILE =
      "<script>window.harmed = 1</script><img src=x onerror='window.harmed = 2'>";
  private static Chromium chromium;

  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private BrowserContext context;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
    PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @AfterEach
  void leave() {
    if (context != null) {
      context.close();
    }
  }

  private Page open(String url) {
    return open(url, page -> {});
  }

  private Page open(String url, Consumer<Page> before) {
    return open(url, new Browser.NewContextOptions().setViewportSize(1280, 800), before);
  }

  private Page open(String url, Browser.NewContextOptions options, Consumer<Page> before) {
    context = chromium.browser.newContext(options);
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            errors.add(message.text());
          }
        });
    page.onPageError(errors::add);
    page.onRequest(request -> requests.add(request.url()));
    before.accept(page);
    page.navigate(url);
    return page;
  }

  /** Nothing went wrong, and nobody else was asked for anything. */
  private void wasQuiet(DashboardServer server) {
    assertThat(errors).isEmpty();
    assertThat(requests).isNotEmpty().allSatisfy(url -> assertThat(url).startsWith(server.url()));
  }

  @Test
  void aRunOfRealChildrenIsSeenAsItGoes() {
    Dashboard dashboard = Dashboard.builder().title("letters").build();
    try (DashboardServer server = new DashboardServer(dashboard);
        ProcessScheduler three =
            ProcessScheduler.builder()
                .children(3)
                .output(Output.DISCARD)
                .reporter(dashboard.reporter())
                .build()) {
      Page page = open(server.url());
      assertThat(page).hasTitle("letters");
      assertThat(page.locator("#no-children")).isVisible();
      var run =
          Flux.just("a", "b", "fail", "c", "crash", "hang")
              .transform(Delegate.<String, String>parallel(Works::mixed, three))
              .subscribe();
      assertThat(page.locator("#count-success")).hasText("3");
      assertThat(page.locator("#count-failure")).hasText("1");
      assertThat(page.locator("#count-aborted")).hasText("1");
      Locator hang =
          page.locator("#rows tr").filter(new Locator.FilterOptions().setHasText("hang"));
      Locator running = hang.locator("td.running");
      assertThat(running).containsText(" s");
      String before = running.textContent();
      assertThat(running).not().hasText(before);
      assertThat(page.locator("#death-list summary")).containsText("aborted: exit code 7");
      assertThat(page.locator("#link-text")).hasText("live");
      run.dispose();
      assertThat(page.locator("#rows tr.running-now")).hasCount(0);
      // the child of the item that nobody wanted any more is no death
      assertThat(page.locator("#death-list li")).hasCount(1);
      wasQuiet(server);
    }
  }

  @Test
  void theEvidenceOfADeathIsShownOnDemand() {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      die(server.dashboard.reporter(), 48_213, "page-00017.tiff");
      Page page = open(server.url());
      Locator summary = page.locator("#death-list summary");
      assertThat(summary).containsText("aborted: crashed in native code");
      assertThat(page.locator(".evidence")).hasCount(0);
      summary.click();
      assertThat(page.locator(".evidence pre").first()).containsText("TIFFReadTile");
      assertThat(page.locator(".evidence pre").last()).containsText("corrupt tile table");
      page.keyboard().press("Escape");
      assertThat(page.locator(".evidence").first()).isHidden();
      assertThat(summary).isFocused();
      page.keyboard().press("Enter");
      assertThat(page.locator(".evidence").first()).isVisible();
      page.keyboard().press("Tab"); // into the evidence, which can be scrolled by keys
      assertThat(page.locator(".evidence pre").first()).isFocused();
      page.keyboard().press("Escape");
      assertThat(page.locator(".evidence").first()).isHidden();
      assertThat(summary).isFocused();
      wasQuiet(server);
    }
  }

  @Test
  void whatAnItemIsCalledStaysText() {
    Dashboard dashboard = Dashboard.builder().title(HOSTILE).build();
    try (DashboardServer server = new DashboardServer(dashboard)) {
      Reporter reporter = dashboard.reporter();
      die(reporter, 11, HOSTILE);
      reporter.event(new Event.Spawn(12, MILLI));
      reporter.event(new Event.Begin(12, HOSTILE));
      Page page = open(server.url());
      assertThat(page.locator("#rows tr.running-now td.item")).hasText(HOSTILE);
      assertThat(page.locator("#title")).hasText(HOSTILE);
      page.locator("#death-list summary").click();
      assertThat(page.locator(".evidence dd").first()).hasText(HOSTILE);
      Locator strip = page.locator("#rows canvas").first();
      strip.focus();
      page.keyboard().press("ArrowLeft");
      assertThat(page.locator("img, body script, #tip *")).hasCount(0);
      assertThat(page.evaluate("() => window.harmed === undefined")).isEqualTo(true);
      wasQuiet(server);
    }
  }

  @Test
  void childrenOfAClusterAreToldWithTheirNodes() {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      Page page = open(server.url());
      assertThat(page.locator("#link-text")).hasText("live");
      assertThat(page.locator("#nodes")).isHidden();
      Reporter reporter = server.dashboard.reporter();
      reporter.event(new Event.Init(6));
      reporter.event(new Event.Node(1, "worker-a", 4, ""));
      reporter.event(new Event.Node(2, HOSTILE, 2, ""));
      reporter.event(new Event.Spawn(ChildId.of(2, 4_711), MILLI));
      reporter.event(new Event.Begin(ChildId.of(2, 4_711), "page 7"));
      assertThat(page.locator("#fact-nodes")).hasText("worker-a @1: 4, " + HOSTILE + " @2: 2");
      assertThat(page.locator("#rows td.pid")).hasText("4711@2");
      assertThat(page.locator("#rows td.item")).hasText("page 7");
      reporter.event(new Event.Node(1, "worker-a", 0, "it has left the cluster"));
      assertThat(page.locator("#fact-nodes")).hasText("worker-a @1: gone, " + HOSTILE + " @2: 2");
      page.locator("#filter").fill("4711@2");
      assertThat(page.locator("#rows tr:visible")).hasCount(1);
      page.locator("#filter").fill("4711@1");
      assertThat(page.locator("#rows tr:visible")).hasCount(0);
      assertThat(page.locator("img, body script")).hasCount(0);
      assertThat(page.evaluate("() => window.harmed === undefined")).isEqualTo(true);
      wasQuiet(server);
    }
  }

  @Test
  void itComesBackAfterTheServerWasStartedAnew() {
    int port;
    Page page;
    try (DashboardServer server = new DashboardServer(Dashboard.builder().title("first").build())) {
      port = server.port();
      die(server.dashboard.reporter(), 11, "item");
      page = open(server.url());
      assertThat(page.locator("#title")).hasText("first");
      assertThat(page.locator("#count-aborted")).hasText("1");
    }
    assertThat(page.locator("#link")).hasAttribute("data-state", "lost");
    Dashboard second = Dashboard.builder().title("second").build();
    second.reporter().event(new Event.Spawn(77, MILLI));
    try (DashboardServer server = new DashboardServer(second, port)) {
      assertThat(page.locator("#link")).hasAttribute("data-state", "live");
      assertThat(page.locator("#title")).hasText("second");
      assertThat(page.locator("#count-aborted")).hasText("0");
      assertThat(page.locator("#death-list li")).hasCount(0);
      assertThat(page.locator("#rows td.pid")).hasText("77");
      assertThat(page.locator("#spoken")).hasText("Connected again.");
      assertThat(requests).allSatisfy(url -> assertThat(url).startsWith(server.url()));
    }
  }

  /** As from a server that hangs, or to a laptop that has slept. */
  @Test
  void aConnectionThatIsSilentIsGivenUp() {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      AtomicInteger asked = new AtomicInteger();
      Page page =
          open(
              server.url(),
              made ->
                  made.route(
                      "**/events",
                      route -> {
                        if (asked.incrementAndGet() > 1) {
                          route.resume(); // the first has no answer
                        }
                      }));
      assertThat(page.locator("#link"))
          .hasAttribute("data-state", "live", new HasAttributeOptions().setTimeout(40_000));
      assertThat(asked.get()).isEqualTo(2);
    }
  }

  @Test
  void aDashboardThatWasClosedIsAskedAgain() {
    Dashboard dashboard = Dashboard.create();
    try (DashboardServer server = new DashboardServer(dashboard)) {
      Page page = open(server.url());
      assertThat(page.locator("#link-text")).hasText("live");
      dashboard.close(); // from now on 503, of which a browser does not come back by itself
      assertThat(page.locator("#link")).hasAttribute("data-state", "lost");
      long asked = requests.size();
      page.waitForCondition(() -> requests.size() > asked + 1);
    }
  }

  @Test
  void sixtyFourChildrenAreSixtyFourRows() throws IOException {
    AtomicLong clock = new AtomicLong();
    Dashboard dashboard = madeUp(clock, "sixty-four");
    new MadeUpRun(dashboard.reporter(), clock, 64).play(Duration.ofMinutes(2));
    try (DashboardServer server = new DashboardServer(dashboard)) {
      Page page = open(server.url());
      assertThat(page.locator("#rows tr")).hasCount(64);
      assertThat(page.locator("#children-note")).hasText("64 slots");
      shoot(page, "many");
      page.locator("#rows tr").last().scrollIntoViewIfNeeded();
      assertThat(page.locator("#rows tr").last().locator("td.state"))
          .hasText(Pattern.compile("\\w+"));
      wasQuiet(server);
    }
  }

  @Test
  void filtersShowWhatIsAskedFor() {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      Reporter reporter = server.dashboard.reporter();
      for (int pid = 101; pid <= 104; pid++) {
        reporter.event(new Event.Spawn(pid, MILLI));
        reporter.event(new Event.Begin(pid, "apple " + pid));
      }
      die(reporter, 105, "pear");
      Page page = open(server.url());
      assertThat(page.locator("#rows tr:visible")).hasCount(5);
      page.locator("#filter").fill("PEAR");
      assertThat(page.locator("#rows tr:visible")).hasCount(1);
      assertThat(page.locator("#death-list li:visible")).hasCount(1);
      page.locator("#filter").fill("102");
      assertThat(page.locator("#rows tr:visible td.item")).hasText("apple 102");
      assertThat(page.locator("#death-list li:visible")).hasCount(0);
      assertThat(page.locator("#children-note")).hasText("1 of 5 slots");
      page.keyboard().press("Escape");
      assertThat(page.locator("#rows tr:visible")).hasCount(5);
      Locator aborted = page.locator(".tile.aborted");
      aborted.focus();
      page.keyboard().press("Space");
      assertThat(aborted).hasAttribute("aria-pressed", "false");
      assertThat(page.locator("#death-list li:visible")).hasCount(0);
      page.keyboard().press("Space");
      assertThat(page.locator("#death-list li:visible")).hasCount(1);
      wasQuiet(server);
    }
  }

  @Test
  void stripsAreReadByKeys() {
    try (DashboardServer server = new DashboardServer(Dashboard.create())) {
      Reporter reporter = server.dashboard.reporter();
      for (int pid = 101; pid <= 102; pid++) {
        reporter.event(new Event.Spawn(pid, MILLI));
        for (String item : List.of("first", "second")) {
          Duration took = Duration.ofSeconds(2);
          tell(reporter, new Outcome.Success<>(item + " of " + pid, pid, took, 1, "r"));
        }
      }
      Page page = open(server.url());
      assertThat(page.locator("#rows canvas[tabindex='0']")).hasCount(1);
      page.locator("#rows canvas").first().focus();
      page.keyboard().press("ArrowLeft");
      assertThat(page.locator("#picked")).hasText("success, 2 s, second of 101, child 101");
      page.keyboard().press("ArrowLeft");
      assertThat(page.locator("#picked")).containsText("first of 101");
      page.keyboard().press("ArrowDown");
      page.keyboard().press("ArrowLeft");
      assertThat(page.locator("#picked")).containsText("second of 102");
      assertThat(page.locator("#tip")).isVisible();
      page.keyboard().press("Escape");
      assertThat(page.locator("#tip")).isHidden();
      wasQuiet(server);
    }
  }

  @Test
  void itLooksAsItShould() throws IOException {
    AtomicLong clock = new AtomicLong();
    Dashboard dashboard = madeUp(clock, "thumbnails");
    MadeUpRun run = new MadeUpRun(dashboard.reporter(), clock, 12);
    run.play(Duration.ofSeconds(287));
    try (DashboardServer server = new DashboardServer(dashboard)) {
      picture(server, "light", ColorScheme.LIGHT, 1280, false);
      picture(server, "dark", ColorScheme.DARK, 1280, false);
      picture(server, "death", ColorScheme.LIGHT, 1280, true);
      picture(server, "narrow", ColorScheme.LIGHT, 400, false);
      picture(server, "narrow-dark", ColorScheme.DARK, 400, false);
      wasQuiet(server);
    }
  }

  private void picture(
      DashboardServer server, String name, ColorScheme scheme, int width, boolean open)
      throws IOException {
    Page page =
        open(
            server.url(),
            new Browser.NewContextOptions()
                .setViewportSize(width, 800)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setColorScheme(scheme),
            made -> {});
    assertThat(page.locator("#rows tr")).hasCount(12);
    if (open) {
      page.locator("#death-list li.aborted summary").first().click();
      assertThat(page.locator(".evidence pre").first()).isVisible();
    }
    page.locator("#window").selectOption("60000");
    assertThat(page.locator("#rows tr.running-now td.running").first()).containsText(" s of 6 s");
    int wide = ((Number) page.evaluate("() => document.documentElement.scrollWidth")).intValue();
    assertThat(wide).as("no scrolling sideways").isLessThanOrEqualTo(width);
    shoot(page, name);
    context.close();
  }

  private static void shoot(Page page, String name) throws IOException {
    Path file = PICTURES.resolve("dashboard-" + name + ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(file).setCaret(ScreenshotCaret.INITIAL));
    assertThat(Files.size(file)).isGreaterThan(20_000);
  }

  /** Its clock stands still once the run was played, so that pictures are alike. */
  private static Dashboard madeUp(AtomicLong clock, String title) {
    DashboardOptions options =
        ((DashboardBuilder) Dashboard.builder().title(title).limit(MadeUpRun.LIMIT)).options();
    return new Dashboard(options, clock::get, 1_795_000_000_000L);
  }

  private static void die(Reporter reporter, long pid, String item) {
    reporter.event(new Event.Spawn(pid, MILLI));
    reporter.event(new Event.Begin(pid, item));
    tell(reporter, new Outcome.Aborted<>(item, pid, MILLI, 1, MadeUpRun.crash()));
    reporter.event(new Event.Exit(pid, MadeUpRun.crash(), MILLI, 1, MILLI));
  }

  private static void tell(Reporter reporter, Outcome<?, ?> outcome) {
    reporter.event(new Event.Finished(outcome, Duration.ZERO));
  }
}
