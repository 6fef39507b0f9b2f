package io.delegate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delegate.ProcessScheduler;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The properties, what editors show of them, and the options of the builder are the same. */
class PropertiesTest {
  /** Read by conditions. */
  private static final Map<String, String> OF_CONDITIONS =
      Map.of("enabled", "java.lang.Boolean", "observations", "java.lang.Boolean");

  /** What no text can say; beans and customizers do. */
  private static final Set<String> NO_PROPERTY =
      Set.of("timer", "initializer", "codec", "reporter", "observer", "engine");

  private static Map<String, String> declared() {
    Map<String, String> all = new TreeMap<>(OF_CONDITIONS);
    add(all, "", DelegateProperties.class);
    return all;
  }

  private static void add(Map<String, String> all, String prefix, Class<?> properties) {
    for (RecordComponent component : properties.getRecordComponents()) {
      String name = prefix + BuilderSettings.kebab(component.getName());
      Type type = component.getGenericType();
      if (component.getType().isRecord()) {
        add(all, name + ".", component.getType());
      } else {
        all.put(name, type.getTypeName().replace(" ", ""));
      }
    }
  }

  private static JsonNode metadata() throws IOException {
    try (InputStream file =
        DelegateProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      return new ObjectMapper().readTree(file);
    }
  }

  @Test
  void theMetadataNamesEachPropertyWithItsType() throws IOException {
    Map<String, String> told = new TreeMap<>();
    for (JsonNode property : metadata().get("properties")) {
      String name = property.get("name").asText();
      assertThat(name).startsWith("delegate.");
      told.put(name.substring("delegate.".length()), property.get("type").asText());
      assertThat(property.get("description").asText()).as(name).matches("[A-Z].+\\.");
    }
    assertThat(told).containsExactlyEntriesOf(declared());
  }

  @Test
  void theMetadataNamesTheClassesThatHoldThem() throws Exception {
    for (JsonNode group : metadata().get("groups")) {
      assertThat(Class.forName(group.get("type").asText())).isRecord();
    }
    for (JsonNode property : metadata().get("properties")) {
      String name = property.get("name").asText().substring("delegate.".length());
      assertThat(property.has("sourceType")).isNotEqualTo(OF_CONDITIONS.containsKey(name));
      if (property.has("sourceType")) {
        Class<?> holder = Class.forName(property.get("sourceType").asText());
        String own = name.substring(name.indexOf('.') + 1);
        assertThat(
                Arrays.stream(holder.getRecordComponents())
                    .map(c -> BuilderSettings.kebab(c.getName())))
            .contains(own);
      }
    }
  }

  @Test
  void eachOptionOfTheBuilderIsAPropertyOrSaidToBeNone() {
    Set<String> options =
        Arrays.stream(ProcessScheduler.Builder.class.getMethods())
            .map(Method::getName)
            .filter(name -> !name.equals("build"))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> set = new TreeSet<>(NO_PROPERTY);
    Arrays.stream(DelegateProperties.class.getRecordComponents())
        .map(RecordComponent::getName)
        .filter(name -> !name.equals("health"))
        .forEach(set::add);
    assertThat(set)
        .as("a new option: add it to DelegateProperties, BuilderSettings and the metadata")
        .isEqualTo(options);
  }

  @Test
  void theReadmeSetsPropertiesThatAreThere() throws IOException {
    List<String> readme =
        Files.readAllLines(Path.of(System.getProperty("basedir", ""), "README.md"));
    List<String> set =
        readme.stream()
            .skip(readme.indexOf("```properties") + 1L)
            .takeWhile(line -> !line.equals("```"))
            .toList();
    assertThat(set).hasSizeGreaterThan(2);
    Set<String> names = declared().keySet();
    assertThat(set)
        .allSatisfy(
            line -> assertThat(names).contains(line.replaceFirst("^delegate\\.([^=]+)=.+", "$1")));
  }

  @Test
  void eachPropertyReachesItsOption() {
    Map<String, String> values = new TreeMap<>();
    values.put("delegate.children", "2");
    values.put("delegate.name", "pictures");
    values.put("delegate.timeout", "10s");
    values.put("delegate.silence-timeout", "2s");
    values.put("delegate.slow-after", "500ms");
    values.put("delegate.start-timeout", "PT1M");
    values.put("delegate.queue-timeout", "1m");
    values.put("delegate.max-pending", "100");
    values.put("delegate.spares", "1");
    values.put("delegate.window", "16");
    values.put("delegate.retry-aborted", "2");
    values.put("delegate.retry-heap", "1GB");
    values.put("delegate.max-items-per-child", "1000");
    values.put("delegate.max-memory-per-child", "512MB");
    values.put("delegate.max-age-per-child", "1h");
    values.put("delegate.idle-timeout", "5m");
    values.put("delegate.heap", "1000000B");
    values.put("delegate.jvm-args", "-Da=b,-Xss1m");
    values.put("delegate.java-home", "/opt/jdk");
    values.put("delegate.environment.LANG", "C");
    values.put("delegate.inherit-environment", "PATH");
    values.put("delegate.working-directory", "/");
    values.put("delegate.scratch-directory", "true");
    values.put("delegate.crash-reports", "/tmp");
    values.put("delegate.class-path", "/a.jar,/b.jar");
    values.put("delegate.class-archive", "false");
    values.put("delegate.class-archives", "/tmp");
    values.put("delegate.launcher", "nice,-n,10");
    values.put("delegate.output", "inherit");
    values.put("delegate.trust", "untrusted");
    values.put("delegate.result-types", "java.util.BitSet");
    values.put("delegate.max-frame", "2MB");
    values.put("delegate.context-keys", "tenant,user");
    Map<String, String> called = applied(values);
    Set<String> options =
        values.keySet().stream()
            .map(name -> name.substring("delegate.".length()).replace(".LANG", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(called.keySet()).isEqualTo(options);
    assertThat(called)
        .containsEntry("children", "2")
        .containsEntry("timeout", "PT10S")
        .containsEntry("start-timeout", "PT1M")
        .containsEntry("retry-heap", "1024m")
        .containsEntry("max-memory-per-child", "" + (512 << 20))
        .containsEntry("heap", "1000000")
        .containsEntry("jvm-args", "[-Da=b, -Xss1m]")
        .containsEntry("environment", "{LANG=C}")
        .containsEntry("class-path", "[/a.jar, /b.jar]")
        .containsEntry("launcher", "[nice, -n, 10, java, Main]")
        .containsEntry("output", "INHERIT")
        .containsEntry("result-types", "[class java.util.BitSet]")
        .containsEntry("max-frame", "" + (2 << 20));
    assertThat(
            applied(
                Map.of(
                    "delegate.deadline.times-median", "5",
                    "delegate.deadline.at-least", "1s",
                    "delegate.deadline.at-most", "1m")))
        .containsEntry("deadline", "5.0 x median, at least PT1S, at most PT1M");
  }

  @Test
  void whereNothingIsSaidNothingIsSet() {
    assertThat(applied(Map.of("delegate.name", "x"))).containsOnlyKeys("name");
  }

  /** What was called on the builder, with what. */
  private static Map<String, String> applied(Map<String, String> values) {
    DelegateProperties properties =
        new Binder(new MapConfigurationPropertySource(values))
            .bind("delegate", DelegateProperties.class)
            .get();
    Map<String, String> called = new TreeMap<>();
    ProcessScheduler.Builder builder =
        (ProcessScheduler.Builder)
            Proxy.newProxyInstance(
                ProcessScheduler.Builder.class.getClassLoader(),
                new Class<?>[] {ProcessScheduler.Builder.class},
                (proxy, method, args) -> {
                  called.put(BuilderSettings.kebab(method.getName()), text(args[0]));
                  return proxy;
                });
    new BuilderSettings(properties).applyTo(builder);
    return called;
  }

  @SuppressWarnings("unchecked") // there is one option with a function
  private static String text(Object value) {
    if (value instanceof UnaryOperator<?> launcher) {
      List<String> command = new ArrayList<>(List.of("java", "Main"));
      return String.valueOf(((UnaryOperator<List<String>>) launcher).apply(command));
    }
    return value instanceof Object[] array ? Arrays.toString(array) : Objects.toString(value);
  }
}
