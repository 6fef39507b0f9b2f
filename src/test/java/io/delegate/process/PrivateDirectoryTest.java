package io.delegate.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delegate.DelegateException;
import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PrivateDirectoryTest {
  @TempDir Path tmp;

  private PrivateDirectory create() {
    return PrivateDirectory.createIn(tmp.toString(), List.of());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void onlyTheUserCanEnter() throws Exception {
    try (PrivateDirectory directory = create()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
          .isEqualTo("rwx------");
      assertThat(directory.path().getParent()).isEqualTo(tmp.toRealPath());
      assertThat(directory.file("x")).isEqualTo(directory.path().resolve("x"));
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void closingDeletesAllAndFollowsNoLink() throws Exception {
    Path outside = Files.createDirectories(tmp.resolve("outside"));
    Files.writeString(outside.resolve("kept"), "kept");
    PrivateDirectory directory = create();
    Files.createDirectories(directory.file("a/b/c"));
    Files.writeString(directory.file("a/b/c/d"), "x");
    Files.createSymbolicLink(directory.file("link"), outside);
    directory.close();
    directory.close();
    assertThat(directory.path()).doesNotExist();
    assertThat(outside.resolve("kept")).hasContent("kept");
  }

  @Test
  void aLongTmpdirGivesWayToAShortFallback() throws Exception {
    Path deep = Files.createDirectories(tmp.resolve("x".repeat(80)));
    Path other = Files.createTempDirectory("d");
    try (PrivateDirectory directory =
        PrivateDirectory.createIn(deep.toString(), List.of("/nowhere", other.toString()))) {
      assertThat(directory.path().getParent()).isEqualTo(other.toRealPath());
      assertThat(directory.file("s".repeat(20)).toString().getBytes(StandardCharsets.UTF_8))
          .hasSizeLessThanOrEqualTo(100);
    } finally {
      Files.delete(other);
    }
    try (PrivateDirectory directory = PrivateDirectory.createIn(deep.toString(), List.of())) {
      assertThat(directory.path().getParent()).isEqualTo(deep.toRealPath());
    }
  }

  @Test
  void aMissingTmpdirIsNamedWithTheRemedy() {
    String missing = tmp.resolve("missing").toString();
    assertThatThrownBy(() -> PrivateDirectory.createIn(missing, List.of()))
        .isInstanceOf(DelegateException.class)
        .hasMessageContainingAll("java.io.tmpdir = " + missing, "-Djava.io.tmpdir=");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void anUnwritableTmpdirIsNamedWithTheRemedy() throws Exception {
    Path closed = Path.of("/proc/self"); // not even root can write there
    assumeTrue(Files.isDirectory(closed));
    assertThatThrownBy(() -> PrivateDirectory.createIn(closed.toString(), List.of()))
        .isInstanceOf(DelegateException.class)
        .hasMessageContainingAll("java.io.tmpdir = " + closed, "-Djava.io.tmpdir=");
  }

  private Path abandoned(String name, String owner) throws Exception {
    Path directory = Files.createDirectories(tmp.resolve(name));
    Files.writeString(directory.resolve("owner"), owner);
    return directory;
  }

  @Test
  void whatAGoneOwnerLeftIsSwept() throws Exception {
    String gone = "delegate private directory\n999999999\n1\n";
    String reused = "delegate private directory\n" + ProcessHandle.current().pid() + "\n1\n";
    Path first = abandoned("delegate-999999999-0123abcd", gone);
    Path second = abandoned("delegate-1-0123abcd", reused);
    create().close();
    assertThat(first).doesNotExist();
    assertThat(second).doesNotExist();
  }

  @Test
  void whatIsNotOursStays() throws Exception {
    String gone = "delegate private directory\n999999999\n1\n";
    Path otherName = abandoned("delegate-2024-holidays", gone);
    Path otherContent = abandoned("delegate-1-00000000", "me\n999999999\n1\n");
    Path noOwner = Files.createDirectories(tmp.resolve("delegate-1-11111111"));
    Path half = abandoned("delegate-1-22222222", "delegate private directory\n9");
    create().close();
    assertThat(List.of(otherName, otherContent, noOwner, half)).allMatch(Files::exists);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void linksAreNotSwept() throws Exception {
    String gone = "delegate private directory\n999999999\n1\n";
    Path target = abandoned("target", gone);
    Files.createSymbolicLink(tmp.resolve("delegate-1-33333333"), target);
    Path linkedOwner = Files.createDirectories(tmp.resolve("delegate-1-44444444"));
    Files.createSymbolicLink(linkedOwner.resolve("owner"), target.resolve("owner"));
    create().close();
    assertThat(target.resolve("owner")).exists();
    assertThat(linkedOwner).exists();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theDirectoryOfAnotherUserIsNotSwept() throws Exception {
    Path other = abandoned("delegate-1-55555555", "delegate private directory\n999999999\n1\n");
    try {
      Files.setAttribute(other, "unix:uid", 65534);
    } catch (java.io.IOException onlyRootMay) {
      assumeTrue(false);
    }
    create().close();
    assertThat(other).exists();
  }

  @Test
  void aRacingSweeperInThisJvmIsFine() {
    try (PrivateDirectory one = create();
        PrivateDirectory two = create()) {
      assertThat(one.path()).exists();
      assertThat(two.path()).exists();
    }
  }

  /**
   * Whether this process has a lock on it, as the kernel sees it: ours cannot be tried from here.
   */
  private static boolean isLocked(Path file) throws Exception {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
      return locks.anyMatch(lock -> lock.contains(" POSIX ") && lock.contains(inode));
    }
  }

  /** As another program in this JVM would, which has a Delegate of its own. */
  private static AutoCloseable createElsewhere(ClassLoader loader, Path tmp) throws Exception {
    Method create =
        Class.forName(PrivateDirectory.class.getName(), true, loader)
            .getDeclaredMethod("createIn", String.class, List.class);
    create.setAccessible(true);
    return (AutoCloseable) create.invoke(null, tmp.toString(), List.of());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void siblingsInOneJvmLeaveEachOthersLocks() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    URL[] classPath = urls.toArray(URL[]::new);
    try (PrivateDirectory one = create();
        URLClassLoader loader =
            new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
      Path owner = one.file("owner");
      assumeTrue(isLocked(owner), "locks can be seen");
      create().close();
      assertThat(isLocked(owner)).isTrue();
      createElsewhere(loader, tmp).close();
      assertThat(isLocked(owner)).isTrue();
    }
  }

  @Test
  void whatAnotherJvmWithOurPidLeftIsSwept() throws Exception {
    long pid = ProcessHandle.current().pid();
    Path left =
        abandoned("delegate-" + pid + "-0123abcd", "delegate private directory\n" + pid + "\n1\n");
    create().close();
    assertThat(left).doesNotExist();
  }

  @Test
  void nothingOfADirectoryStaysInTheProperties() {
    String name;
    try (PrivateDirectory directory = create()) {
      name = directory.name();
      assertThat(System.getProperties().stringPropertyNames()).anyMatch(p -> p.endsWith(name));
    }
    assertThat(System.getProperties().stringPropertyNames()).noneMatch(p -> p.endsWith(name));
  }
}
