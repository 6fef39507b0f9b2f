package io.delegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.conformance.InMemory;
import io.delegate.wire.Found;
import io.delegate.wire.Wanted;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassSourceTest {
  private static final byte[] BYTES = {1, 2};

  private final InMemory.Loader loader =
      new InMemory.Loader(ClassSourceTest.class.getClassLoader(), Map.of("a.B", BYTES));

  private Found find(Wanted.Kind kind, String name, boolean trusted) {
    return ClassSource.find(loader, new Wanted(1, kind, name), trusted);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void classesOfItsOwnAreGivenByEitherName(boolean trusted) {
    for (Found found :
        new Found[] {
          find(Wanted.Kind.CLASS, "a.B", trusted), find(Wanted.Kind.RESOURCE, "a/B.class", trusted)
        }) {
      assertThat(found.status()).isEqualTo(Found.Status.HERE);
      assertThat(found.bytes()).isEqualTo(BYTES);
    }
    assertThat(find(Wanted.Kind.CLASS, "a.C", trusted).why()).contains("Loader", "classPath");
  }

  /** They are there for the loader: its parents have them. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatTheProgramOrTheJdkHasIsNotGiven(boolean trusted) {
    for (String name : new String[] {"java.lang.String", "io.delegate.Delegate"}) {
      assertThat(loader.getResourceAsStream(name.replace('.', '/') + ".class")).isNotNull();
      assertThat(find(Wanted.Kind.CLASS, name, trusted).status()).isEqualTo(Found.Status.ABSENT);
    }
    assertThat(find(Wanted.Kind.RESOURCE, "META-INF/MANIFEST.MF", trusted).status())
        .isEqualTo(Found.Status.ABSENT);
  }

  @Test
  void resourcesAreGivenToWhoIsTrusted() {
    loader.with("a/text", BYTES).with("text", BYTES);
    for (String name : new String[] {"a/text", "text"}) {
      assertThat(find(Wanted.Kind.RESOURCE, name, true).bytes()).isEqualTo(BYTES);
      assertThat(find(Wanted.Kind.RESOURCE, name, false).status()).isEqualTo(Found.Status.ABSENT);
    }
  }

  /** As a loader would give that makes paths of names. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "../a.class",
        "a/../../b.class",
        "/etc/a.class",
        "./a.class",
        "a\\b.class",
        "a\0.class",
        "a/.."
      })
  void namesThatLeadElsewhereAreNotEvenLookedFor(String name) {
    loader.with(name, BYTES);
    for (boolean trusted : new boolean[] {true, false}) {
      assertThat(find(Wanted.Kind.RESOURCE, name, trusted).status()).isEqualTo(Found.Status.ABSENT);
    }
    loader.with("../../etc/x.class", BYTES);
    assertThat(find(Wanted.Kind.CLASS, "../../etc/x", false).status())
        .isEqualTo(Found.Status.ABSENT);
  }

  @Test
  void theLargestIsGivenAndALargerOneIsRefusedByName() {
    loader.with("most", new byte[Found.LARGEST]).with("more", new byte[Found.LARGEST + 1]);
    assertThat(find(Wanted.Kind.RESOURCE, "most", true).bytes()).hasSize(Found.LARGEST);
    Found more = find(Wanted.Kind.RESOURCE, "more", true);
    assertThat(more.status()).isEqualTo(Found.Status.REFUSED);
    assertThat(more.why()).contains("more of class loader", "16 MiB", "a jar or a file");
  }

  /** A child that is not trusted makes the program load nothing. */
  @Test
  void aClassWithoutBytesIsToldApartFromNoneWhereThatIsHarmless() {
    Map<String, byte[]> classes =
        new HashMap<>(InMemory.compile(Map.of("a.Mute", "package a; public class Mute {}")));
    ClassLoader mute =
        new ClassLoader(ClassSourceTest.class.getClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
              throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
          }
        };
    Wanted wanted = new Wanted(1, Wanted.Kind.CLASS, "a.Mute");
    assertThat(ClassSource.find(mute, wanted, false).status()).isEqualTo(Found.Status.ABSENT);
    Found found = ClassSource.find(mute, wanted, true);
    assertThat(found.status()).isEqualTo(Found.Status.REFUSED);
    assertThat(found.why()).contains(mute.getClass().getName(), "a/Mute.class", "URLClassLoader");
    Wanted none = new Wanted(1, Wanted.Kind.CLASS, "a.None");
    assertThat(ClassSource.find(mute, none, true).status()).isEqualTo(Found.Status.ABSENT);
  }

  @Test
  void whateverTheLoaderThrowsIsTold() {
    for (Error thrown :
        new Error[] {new StackOverflowError(), new OutOfMemoryError(), new LinkageError()}) {
      ClassLoader throwing =
          new ClassLoader() {
            @Override
            public java.io.InputStream getResourceAsStream(String name) {
              throw thrown;
            }

            @Override
            public String toString() {
              throw thrown;
            }
          };
      Found found = ClassSource.find(throwing, new Wanted(1, Wanted.Kind.CLASS, "a.B"), true);
      assertThat(found.status()).isEqualTo(Found.Status.REFUSED);
      assertThat(found.why()).contains(thrown.getClass().getName());
    }
  }
}
