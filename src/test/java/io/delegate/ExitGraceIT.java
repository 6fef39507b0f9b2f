package io.delegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler that may stay for a while when its JVM ends. */
@ExtendWith(NothingLeft.class)
@Timeout(120)
class ExitGraceIT {
  @TempDir Path tmp;
  private Path directories;
  private Notes notes;

  @BeforeEach
  void makeDirectories() throws Exception {
    directories = Files.createDirectory(tmp.resolve("d"));
    notes = Notes.in(Files.createDirectory(tmp.resolve("notes")));
  }

  private static Work<String, String> waits(Notes notes) {
    return name -> {
      notes.sayPid(name);
      notes.waitFor("go " + name);
      return name + " done";
    };
  }

  /** As a framework does it: a hook of its own ends the work, and what its requests still need. */
  static final class WithAHook {
    public static void main(String[] args) {
      Notes notes = Notes.in(Path.of(args[0]));
      boolean begun = Boolean.parseBoolean(args[1]);
      ProcessScheduler stays =
          ProcessScheduler.builder().children(1).exitGrace(Duration.ofMinutes(5)).build();
      ProcessScheduler goes = ProcessScheduler.create(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    System.out.println("last " + stays.submit(waits(notes), "last").block());
                    stays.disposeGracefully(Duration.ofMinutes(5)).block();
                    System.out.println("disposed");
                  }));
      if (begun) {
        goes.submit(waits(notes), "other").subscribe();
        stays.submit(waits(notes), "first").subscribe(o -> System.out.println("first " + o));
        notes.awaitPid("other");
        notes.awaitPid("first");
      }
      System.out.println("the main thread ends, and so does this JVM");
    }
  }

  /** Ends by itself, for no hook disposes it. */
  static final class WithoutAHook {
    public static void main(String[] args) {
      Notes notes = Notes.in(Path.of(args[0]));
      ProcessScheduler stays =
          ProcessScheduler.builder().children(1).exitGrace(Duration.ofMillis(300)).build();
      stays.submit(waits(notes), "first").subscribe();
      notes.awaitPid("first");
    }
  }

  @Test
  void whatIsUnderWayEndsAndOthersAreNotHeldUp() throws Exception {
    try (ParentJvm parent =
        ParentJvm.start(directories, List.of(), WithAHook.class, notes.directory(), true)) {
      long other = notes.awaitPid("other");
      long first = notes.awaitPid("first");
      Pids.awaitGone(other);
      assertThat(Pids.runs(first)).isTrue();
      notes.say("go first", "");
      assertThat(parent.heard("first")).contains("first done");
      notes.awaitPid("last"); // one more is taken
      notes.say("go last", "");
      assertThat(parent.heard("last")).contains("last done");
      parent.heard("disposed");
      assertThat(parent.status()).isZero();
    }
    assertThat(NothingLeft.directories(directories, "delegate-")).isEmpty();
  }

  @Test
  void aFirstChildMayYetBeStarted() throws Exception {
    try (ParentJvm parent =
        ParentJvm.start(directories, List.of(), WithAHook.class, notes.directory(), false)) {
      notes.awaitPid("last");
      notes.say("go last", "");
      assertThat(parent.heard("last")).contains("last done");
      assertThat(parent.status()).isZero();
    }
    assertThat(NothingLeft.directories(directories, "delegate-")).isEmpty();
  }

  @Test
  void whatIsNotDoneInThatTimeIsKilled() throws Exception {
    try (ParentJvm parent =
        ParentJvm.start(directories, List.of(), WithoutAHook.class, notes.directory())) {
      long first = notes.awaitPid("first");
      assertThat(parent.status()).isZero();
      await().until(() -> !Pids.runs(first));
    }
    assertThat(NothingLeft.directories(directories, "delegate-")).isEmpty();
  }
}
