package io.delegate.places;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.places.Programs.Run;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program of modules, {@code java -p … -m …}: one exploded, the others jars in a directory. */
@Timeout(180)
class ModulePathIT {
  @TempDir Path tmp;

  @Test
  void theModulesOfAProgramAreTheClassPathOfItsChildren() throws Exception {
    Path modules = Files.createDirectories(tmp.resolve("the modules→ü"));
    Programs.delegateJar(modules, Map.of("Automatic-Module-Name", "io.delegate"));
    for (Path library : Programs.libraries()) {
      Files.copy(library, modules.resolve(library.getFileName()));
    }
    Path descriptor =
        Files.writeString(
            Files.createDirectories(tmp.resolve("source")).resolve("module-info.java"),
            "module app { requires io.delegate; requires reactor.core; requires org.reactivestreams; }");
    Path main =
        Programs.fourOutcomes(
            tmp,
            "Main.class.getModule().getName() + resource(\"greeting.txt\") + System.getProperty(\"jdk.module.path\")");
    Path app = Files.createDirectories(tmp.resolve("app classes"));
    Programs.compile(
        Programs.ownHome(),
        app,
        List.of("--release", "17", "-p", modules.toString()),
        descriptor,
        main);
    Files.writeString(app.resolve("greeting.txt"), "hello");
    Run run =
        Programs.run(
            tmp,
            Map.of(),
            List.of(
                Programs.java(Programs.ownHome()).toString(),
                "-p",
                modules.getFileName() + File.pathSeparator + app.getFileName(),
                // Delegate names no modules that it needs, and these are no automatic ones
                "--add-modules",
                "ALL-MODULE-PATH",
                "-m",
                "app/app.Main"));
    Programs.assertFourOutcomes(run);
    assertThat(run.said("parent")).first().asString().startsWith("apphello");
    assertThat(run.said("result")).containsExactly("nullhellonull");
  }
}
