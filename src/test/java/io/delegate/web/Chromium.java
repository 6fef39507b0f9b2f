package io.delegate.web;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The system's own browser, driven by Playwright on the system's own Node.js; with an empty
 * profile, which is removed with it.
 */
final class Chromium implements AutoCloseable {
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox", // which a root in a container cannot have
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  final Browser browser;
  private final Playwright playwright;

  private Chromium(Path node, Path chromium) {
    Map<String, String> environment =
        Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1", "PLAYWRIGHT_NODEJS_PATH", node.toString());
    playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setHeadless(true)
                    .setArgs(ARGUMENTS));
  }

  /** Skips the test where there is none. */
  static Chromium start() {
    Optional<Path> chromium =
        find("delegate.chromium", List.of("chromium", "chromium-browser", "google-chrome"));
    assumeTrue(
        chromium.isPresent(),
        "there is no Chromium: install the package chromium, or name one by"
            + " -Ddelegate.chromium=PATH");
    Optional<Path> node = find("delegate.node", List.of("node", "nodejs"));
    assumeTrue(
        node.isPresent(),
        "there is no Node.js: install the package nodejs, or name one by -Ddelegate.node=PATH");
    return new Chromium(node.get(), chromium.get());
  }

  private static Optional<Path> find(String property, List<String> names) {
    String named = System.getProperty(property);
    if (named != null) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/bin";
    return names.stream()
        .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(d -> Path.of(d, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Override
  public void close() {
    playwright.close(); // and with it the browser
  }
}
