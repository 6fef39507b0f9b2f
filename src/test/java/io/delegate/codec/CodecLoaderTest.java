package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Classes come from the loader given, and nothing keeps that loader afterwards. */
class CodecLoaderTest {
  /** Defines the sample classes once more, as a container would for another application. */
  private static final class Other extends ClassLoader {
    Other() {
      super(CodecLoaderTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.delegate.codec.Samples")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known != null ? known : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = getResourceAsStream(file)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException unreadable) {
        throw new ClassNotFoundException(name, unreadable);
      }
    }
  }

  static Stream<Codec> codecs() {
    return Tested.all();
  }

  private static List<Object> values() {
    return new ArrayList<>(
        List.of(
            new Samples.Money(5),
            new Samples.Point(1, 2),
            Samples.Colour.GREEN,
            new Samples.Colour[] {Samples.Colour.RED},
            new Samples.Node(new Samples.Derived("z"))));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void eachLoaderHasItsOwnClasses(Codec codec) throws Exception {
    byte[] bytes = codec.encode(values());
    var other = new Other();
    List<?> copies = (List<?>) codec.decode(bytes, 0, bytes.length, other);
    for (Object copy : copies) {
      Class<?> type =
          copy.getClass().isArray() ? copy.getClass().getComponentType() : copy.getClass();
      assertThat(type.getClassLoader()).isSameAs(other);
    }
    byte[] again = codec.encode(copies);
    if (!(codec instanceof JdkCodec)) {
      assertThat(again[0]).isEqualTo(Tested.format(codec));
    }
    List<?> back =
        (List<?>) codec.decode(again, 0, again.length, CodecLoaderTest.class.getClassLoader());
    assertThat(back.subList(0, 3)).isEqualTo(values().subList(0, 3));
    Reference.reachabilityFence(other);
  }

  static List<Codec> withALibrary() {
    return Tested.withALibrary();
  }

  @ParameterizedTest
  @MethodSource("withALibrary")
  void classesOfTwoStrangersInOneValueComeThroughTheJdk(Codec codec) throws Exception {
    byte[] bytes = codec.encode(values());
    Object one = codec.decode(bytes, 0, bytes.length, new Other());
    Object two = codec.decode(bytes, 0, bytes.length, new Other());
    assertThat(codec.encode(List.of(one, two))[0]).isEqualTo(Formats.JDK);
  }

  /** Fory says that it keeps them. */
  static List<Codec> thatLetGo() {
    return List.of(new FstCodec(), new KryoCodec());
  }

  @ParameterizedTest
  @MethodSource("thatLetGo")
  void aLoaderIsCollectedAfterDecodingAndEncodingWithIt(Codec codec) throws Exception {
    WeakReference<ClassLoader> loader = use(codec);
    for (int i = 0; i < 100 && loader.get() != null; i++) {
      System.gc();
      Thread.sleep(10); // the collector has no event to wait for
    }
    assertThat(loader.get()).isNull();
  }

  private static WeakReference<ClassLoader> use(Codec codec) throws Exception {
    byte[] bytes = codec.encode(values());
    var other = new Other();
    Object copies = codec.decode(bytes, 0, bytes.length, other);
    byte[] again = codec.encode(copies);
    assertThat(again[0]).isEqualTo(Tested.format(codec));
    codec.decode(again, 0, again.length, other);
    return new WeakReference<>(other);
  }
}
