package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.process.Location.Elsewhere;
import io.delegate.process.Location.InJar;
import io.delegate.process.Location.OnDisk;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocationTest {
  /** Of protocols, too, that this JVM does not have. */
  private static URL url(String text) throws MalformedURLException {
    return new URL(
        null,
        text,
        new URLStreamHandler() {
          @Override
          protected URLConnection openConnection(URL url) {
            throw new UnsupportedOperationException();
          }
        });
  }

  /** As a start script of a package has it: {@code /bin/../share/tool/a.jar}. */
  @Test
  void aboveALinkIsAboveWhereItLeads(@TempDir Path tmp) throws Exception {
    Path real = Files.createDirectories(tmp.resolve("usr/bin")).getParent().toRealPath();
    Path jar = Files.createFile(Files.createDirectory(real.resolve("share")).resolve("a.jar"));
    Path link = Files.createSymbolicLink(tmp.resolve("bin"), real.resolve("bin"));
    assertThat(new OnDisk(link.resolve("../share/a.jar")).path()).isEqualTo(jar);
    assertThat(new OnDisk(Path.of("/no/such/../a.jar")).path()).isEqualTo(Path.of("/no/a.jar"));
  }

  @ParameterizedTest
  @CsvSource({
    "file:/x/a.jar, /x/a.jar",
    "file:/x/classes/, /x/classes",
    "file:///x/a%20b/%C3%BC.jar, /x/a b/ü.jar",
    "file:/x/a b/100%.jar, /x/a b/100%.jar",
    "jar:file:/x/a.jar!/, /x/a.jar",
    "jar:file:/x/a%20b.jar!/, /x/a b.jar",
    "jar:nested:/x/app.jar, /x/app.jar"
  })
  void aFileIsOnTheDisk(String url, Path path) throws Exception {
    assertThat(Location.of(url(url))).isEqualTo(new OnDisk(path));
  }

  @ParameterizedTest
  @CsvSource({
    // since Boot 3.2
    "jar:nested:/x/app.jar/!BOOT-INF/lib/y.jar!/, /x/app.jar, BOOT-INF/lib/y.jar",
    "jar:nested:/x/app.jar/!BOOT-INF/classes/!/, /x/app.jar, BOOT-INF/classes/",
    "jar:nested:/x/a%20b%21%C3%BC/app+1.jar/!BOOT-INF/lib/y.jar!/, /x/a b!ü/app+1.jar, BOOT-INF/lib/y.jar",
    "nested:/x/app.jar/!BOOT-INF/lib/y.jar, /x/app.jar, BOOT-INF/lib/y.jar",
    // before
    "jar:file:/x/app.jar!/BOOT-INF/lib/y.jar!/, /x/app.jar, BOOT-INF/lib/y.jar",
    "jar:file:/x/app.war!/WEB-INF/classes!/, /x/app.war, WEB-INF/classes",
    "jar:file:/x/app.jar!/BOOT-INF/classes/, /x/app.jar, BOOT-INF/classes/",
    // as hostile as can be: refused when it is to be written
    "jar:nested:/x/app.jar/!../../y.jar!/, /x/app.jar, ../../y.jar"
  })
  void whatIsInAJarIsToldWithThatJar(String url, Path jar, String entry) throws Exception {
    assertThat(Location.of(url(url))).isEqualTo(new InJar(jar, entry));
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.org/x.jar",
    "jar:https://example.org/x.jar!/",
    "jrt:/java.base",
    "jar:file:/x/app.jar!/BOOT-INF/lib/y.jar!/inside/",
    "memory:classes",
    "jar:nested",
    "jar:"
  })
  void whatOnlyItsLoaderCanReadIsElsewhere(String url) throws Exception {
    assertThat(Location.of(url(url))).isEqualTo(new Elsewhere(url));
  }

  @Test
  void aDirectoryMayBeCalledAsWhatDividesTheTwo(@TempDir Path tmp) throws Exception {
    Path jar = Files.createDirectories(tmp.resolve("!").resolve("a!")).resolve("x!.jar");
    Files.createFile(jar);
    assertThat(Location.of(url("jar:file:" + jar + "!/"))).isEqualTo(new OnDisk(jar));
    assertThat(Location.of(url("jar:file:" + jar + "!/lib/y.jar!/")))
        .isEqualTo(new InJar(jar, "lib/y.jar"));
    assertThat(Location.of(url("jar:nested:" + jar + "/!lib/y.jar!/")))
        .isEqualTo(new InJar(jar, "lib/y.jar"));
    assertThat(Location.of(url("jar:file:" + jar + "!/a/B.class"), "a/B.class"))
        .isEqualTo(new OnDisk(jar));
  }

  @Test
  void theRestOfAPathIsThatOfTheResource() throws Exception {
    String name = "a/b/C.class";
    assertThat(Location.of(url("file:/x/classes/" + name), name))
        .isEqualTo(new OnDisk(Path.of("/x/classes")));
    assertThat(Location.of(url("jar:file:/x/a.jar!/" + name), name))
        .isEqualTo(new OnDisk(Path.of("/x/a.jar")));
    assertThat(Location.of(url("jar:nested:/x/app.jar/!BOOT-INF/classes/!/" + name), name))
        .isEqualTo(new InJar(Path.of("/x/app.jar"), "BOOT-INF/classes/"));
    assertThat(Location.of(url("memory:" + name), name)).isEqualTo(new Elsewhere("memory:" + name));
    assertThat(Location.of(url("file:/x/other"), name)).isEqualTo(new Elsewhere("file:/x/other"));
  }
}
