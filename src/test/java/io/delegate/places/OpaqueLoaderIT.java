package io.delegate.places;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.places.Programs.Run;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program of which all is in one class loader, Delegate too, and that loader is of its own kind:
 * it says of no class path, only where each class is from.
 */
@Timeout(180)
class OpaqueLoaderIT {
  @TempDir Path tmp;

  @Test
  void childrenAskForWhatNobodyTells() throws Exception {
    Path delegate = Programs.delegateJar(tmp, Map.of());
    List<String> jars = new ArrayList<>(List.of(delegate.toString()));
    Programs.libraries().forEach(jar -> jars.add(jar.toString()));
    Path app = Files.createDirectories(tmp.resolve("app-classes"));
    Programs.compile(
        Programs.ownHome(),
        app,
        List.of("--release", "17", "-cp", String.join(File.pathSeparator, jars)),
        Programs.fourOutcomes(tmp, "new Rest().says() + resource(\"greeting.txt\")"),
        Files.writeString(
            tmp.resolve("app").resolve("Rest.java"),
            "package app; class Rest { String says() { return \"rest\"; } }"));
    Files.writeString(app.resolve("greeting.txt"), "hello");
    jars.add(Programs.pack(app, tmp.resolve("app.jar"), Map.of()).toString());
    Path start = Files.createDirectories(tmp.resolve("start"));
    Programs.compile(
        Programs.ownHome(),
        start,
        List.of("--release", "17"),
        Files.writeString(tmp.resolve("Start.java"), START));
    List<String> command = new ArrayList<>();
    command.add(Programs.java(Programs.ownHome()).toString());
    command.addAll(List.of("-cp", start.toString(), "Start"));
    command.addAll(jars);
    Run run = Programs.run(tmp, Map.of(), command);
    Programs.assertFourOutcomes(run);
    assertThat(run.said("parent")).containsExactly("resthello");
    assertThat(run.said("result")).containsExactly("resthello");
  }

  private static final String START =
      """
      import java.io.IOException;
      import java.io.InputStream;
      import java.net.URL;
      import java.nio.file.Path;
      import java.security.CodeSource;
      import java.security.ProtectionDomain;
      import java.security.cert.Certificate;
      import java.util.ArrayList;
      import java.util.Arrays;
      import java.util.Collections;
      import java.util.Enumeration;
      import java.util.List;
      import java.util.jar.JarEntry;
      import java.util.jar.JarFile;

      public class Start {
        static final class Opaque extends ClassLoader {
          private final List<JarFile> jars = new ArrayList<>();

          Opaque(List<String> names) throws IOException {
            super(ClassLoader.getPlatformClassLoader());
            for (String name : names) {
              jars.add(new JarFile(name));
            }
          }

          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            String file = name.replace('.', '/') + ".class";
            for (JarFile jar : jars) {
              JarEntry entry = jar.getJarEntry(file);
              if (entry != null) {
                try (InputStream in = jar.getInputStream(entry)) {
                  byte[] bytes = in.readAllBytes();
                  URL url = Path.of(jar.getName()).toUri().toURL();
                  CodeSource source = new CodeSource(url, (Certificate[]) null);
                  return defineClass(
                      name, bytes, 0, bytes.length, new ProtectionDomain(source, null, this, null));
                } catch (IOException e) {
                  throw new ClassNotFoundException(name, e);
                }
              }
            }
            throw new ClassNotFoundException(name);
          }

          @Override
          protected URL findResource(String name) {
            for (JarFile jar : jars) {
              if (jar.getJarEntry(name) != null) {
                try {
                  return new URL("jar:" + Path.of(jar.getName()).toUri() + "!/" + name);
                } catch (IOException e) {
                  return null;
                }
              }
            }
            return null;
          }

          @Override
          protected Enumeration<URL> findResources(String name) {
            URL found = findResource(name);
            return Collections.enumeration(found == null ? List.of() : List.of(found));
          }
        }

        public static void main(String[] args) throws Exception {
          Opaque loader = new Opaque(Arrays.asList(args));
          Thread.currentThread().setContextClassLoader(loader);
          loader.loadClass("app.Main").getMethod("main", String[].class)
              .invoke(null, (Object) new String[0]);
        }
      }
      """;
}
