package io.delegate.conformance;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Classes that are in no file: compiled and kept in memory, as many programs do. */
public final class InMemory {
  private InMemory() {}

  /** Compiles sources by the names of their classes; what comes out, by the names of all. */
  public static Map<String, byte[]> compile(Map<String, String> sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Map<String, ByteArrayOutputStream> out = new ConcurrentHashMap<>();
    DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    try (StandardJavaFileManager files = compiler.getStandardFileManager(told, null, null);
        Kept kept = new Kept(files, out)) {
      List<JavaFileObject> units = new ArrayList<>();
      sources.forEach((name, source) -> units.add(new Source(name, source)));
      boolean done =
          compiler
              .getTask(null, kept, told, List.of("-proc:none", "-cp", path), null, units)
              .call();
      if (!done) {
        throw new IllegalArgumentException(told.getDiagnostics().toString());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Map<String, byte[]> classes = new HashMap<>();
    out.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
    return classes;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String source;

    Source(String name, String source) {
      super(URI.create("string:///" + name.replace('.', '/') + ".java"), Kind.SOURCE);
      this.source = source;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return source;
    }
  }

  private static final class Kept extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> out;

    Kept(JavaFileManager files, Map<String, ByteArrayOutputStream> out) {
      super(files);
      this.out = out;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
        @Override
        public OutputStream openOutputStream() {
          return out.computeIfAbsent(name, n -> new ByteArrayOutputStream());
        }
      };
    }
  }

  /** A class loader that finds its class files as resources, too. */
  public static class Loader extends ClassLoader {
    private final Map<String, byte[]> classes;
    private final Map<String, byte[]> resources = new ConcurrentHashMap<>();

    /** One that has the classes. */
    public Loader(ClassLoader parent, Map<String, byte[]> classes) {
      super(parent);
      this.classes = new ConcurrentHashMap<>(classes);
    }

    /** One that has compiled the sources. */
    public static Loader of(Map<String, String> sources) {
      return new Loader(InMemory.class.getClassLoader(), compile(sources));
    }

    /** It has that resource from now on. */
    public Loader with(String name, byte[] bytes) {
      resources.put(name, bytes);
      return this;
    }

    /** It has not that class any more. */
    public Loader without(String name) {
      classes.remove(name);
      return this;
    }

    /** A new object of a class of this loader. */
    @SuppressWarnings("unchecked")
    public <T> T make(String name) {
      try {
        return (T) loadClass(name).getDeclaredConstructor().newInstance();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] bytes = classes.get(name);
      if (bytes == null) {
        throw new ClassNotFoundException(name);
      }
      return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
      byte[] bytes = resources.get(name);
      if (bytes == null && name.endsWith(".class")) {
        bytes = classes.get(name.substring(0, name.length() - 6).replace('/', '.'));
      }
      return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }
  }
}
