package io.delegate.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Death;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a child leaves for us to read, its end is told. */
@EnabledOnOs(OS.LINUX)
class HostileEvidenceIT {
  @RegisterExtension final Children children = new Children();
  @TempDir Path tmp;

  private Children.Run waiting() throws Exception {
    Children.Run run = children.start(Children.spec().with(s -> s.crashReports = tmp), "wait");
    run.awaitLine("waiting");
    return run;
  }

  private static Death end(Children.Run run) throws Exception {
    run.child().closeStdin();
    assertThat(run.end()).isZero();
    return run.child().death();
  }

  @Test
  void aNumberThatCannotBeHoldsUpNoDeath() throws Exception {
    Children.Run run = waiting();
    Files.writeString(
        children.directory().file("hs_err-1.log"),
        "Resident Set Size: 1K (peak: 99999999999999999999K");
    assertThat(end(run).cause()).isEqualTo(Death.Cause.EXIT);
  }

  @Test
  void aFifoInPlaceOfAFileHoldsUpNoDeath() throws Exception {
    Children.Run run = waiting();
    for (String name : List.of("hs_err-1.log", "exit-1.log")) {
      Path file = children.directory().file(name);
      Files.deleteIfExists(file);
      assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    }
    assertThat(end(run).crashReport()).isEmpty();
    assertThat(tmp).isEmptyDirectory();
    assertThat(children.directory().path().toFile().list()).hasSize(2);
  }

  private FileSystem archive() throws Exception {
    URI archive = URI.create("jar:" + tmp.resolve("archive.zip").toUri());
    FileSystem files = FileSystems.newFileSystem(archive, Map.of("create", "true"));
    Files.createDirectories(files.getPath("/self"));
    Files.createFile(files.getPath("/self/environ"));
    return files;
  }

  private ChildProcess shell(String script, Proc proc, ChildFiles files) throws Exception {
    String cookie = children.directory().name() + "/1";
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script);
    builder.environment().put(Cookie.VARIABLE, cookie);
    Process process = builder.start();
    Evidence evidence = new Evidence(proc, process.pid(), false, System.nanoTime(), files, null);
    ChildProcess child =
        new ChildProcess(
            process,
            builder.command(),
            cookie,
            Proc.SYSTEM,
            DaemonThread::start,
            new Children.Lines(),
            false,
            evidence,
            null,
            ArchiveUse.NONE);
    child.watch();
    return child;
  }

  @Test
  void anExaminationThatFailsHidesNoEnd() throws Exception {
    ChildFiles files;
    try (FileSystem archive = archive()) {
      Path file = archive.getPath("/file");
      files = new ChildFiles(file, file, null);
    } // a closed one throws whatever it is asked
    ChildProcess child = shell("exit 3", Proc.SYSTEM, files);
    assertThat(child.onExit().get(20, SECONDS)).isEqualTo(3);
    assertThat(child.death()).hasToString("EXIT (exit code 3)");
    child.killTree().get(20, SECONDS);
  }

  @Test
  void aLookThatFailsSavesNobody() throws Exception {
    ChildFiles files = ChildFiles.of(children.directory(), 1, false);
    Proc broken;
    try (FileSystem archive = archive()) {
      broken = new Proc(archive.getPath("/"));
    }
    assertThat(broken.available()).isTrue();
    ChildProcess child = shell("sleep 300", broken, files);
    child.killTree().get(20, SECONDS);
    assertThat(child.isAlive()).isFalse();
    assertThat(child.onExit().get(20, SECONDS)).isEqualTo(137);
  }
}
