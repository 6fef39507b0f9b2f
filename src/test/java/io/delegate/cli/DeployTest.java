package io.delegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine;

/** The files under {@code src/docs/deploy} say what they mean, and a node takes what they give. */
@SuppressWarnings("unchecked") // YAML is of maps and lists
class DeployTest {
  private static final Path DEPLOY = Path.of("src/docs/deploy");

  private static List<Map<String, Object>> documents(String file) throws Exception {
    List<Map<String, Object>> all = new ArrayList<>();
    try (Reader in = Files.newBufferedReader(DEPLOY.resolve(file))) {
      new Yaml().loadAll(in).forEach(document -> all.add((Map<String, Object>) document));
    }
    return all;
  }

  private static Object at(Object from, String path) {
    Object here = from;
    for (String step : path.split("/")) {
      here =
          here instanceof List<?> list
              ? list.get(Integer.parseInt(step))
              : ((Map<String, Object>) here).get(step);
    }
    return here;
  }

  private static List<Object> list(Object from, String path) {
    return (List<Object>) at(from, path);
  }

  private static Map<String, Object> ofKind(String kind) throws Exception {
    return documents("kubernetes.yaml").stream()
        .filter(document -> kind.equals(document.get("kind")))
        .findFirst()
        .orElseThrow();
  }

  private static String option(List<Object> args, String name) {
    return args.stream()
        .map(String::valueOf)
        .filter(arg -> arg.startsWith(name + "="))
        .map(arg -> arg.substring(name.length() + 1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + args));
  }

  /** A node understands them; nothing is started. */
  private static void assertUnderstood(List<Object> args) {
    CommandLine node = new CommandLine(new NodeCommand(new PrintWriter(System.err, true)));
    node.parseArgs(
        args.stream()
            .map(arg -> String.valueOf(arg).replace("$(POD_IP)", "127.0.0.1"))
            .toArray(String[]::new));
  }

  private static Duration seconds(String text) {
    assertThat(text).matches("\\d+s");
    return Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
  }

  @Test
  void membersFindEachOtherByTheHeadlessService() throws Exception {
    Map<String, Object> service = ofKind("Service");
    Map<String, Object> pods = ofKind("Deployment");
    List<Object> args = list(pods, "spec/template/spec/containers/0/args");
    assertThat(at(service, "spec/clusterIP")).isEqualTo("None");
    assertThat(at(service, "spec/publishNotReadyAddresses")).isEqualTo(true);
    assertThat(at(service, "metadata/name")).isEqualTo(option(args, "--nodes-dns"));
    assertThat(at(service, "spec/selector"))
        .isEqualTo(at(pods, "spec/selector/matchLabels"))
        .isEqualTo(at(pods, "spec/template/metadata/labels"))
        .isEqualTo(at(ofKind("NetworkPolicy"), "spec/podSelector/matchLabels"));
    int port = (int) at(pods, "spec/template/spec/containers/0/ports/0/containerPort");
    assertThat(option(args, "--bind")).isEqualTo("$(POD_IP):" + port);
    assertThat(at(service, "spec/ports/0/port")).isEqualTo(port);
    assertThat(at(ofKind("NetworkPolicy"), "spec/ingress/0/ports/0/port")).isEqualTo(port);
    assertUnderstood(args);
  }

  @Test
  void aNodeThatIsToldToGoHasTimeForThat() throws Exception {
    Map<String, Object> pods = ofKind("Deployment");
    List<Object> args = list(pods, "spec/template/spec/containers/0/args");
    int patience = (int) at(pods, "spec/template/spec/terminationGracePeriodSeconds");
    assertThat(Duration.ofSeconds(patience)).isGreaterThan(seconds(option(args, "--grace")));
  }

  @Test
  void whatIsMountedIsThereAndWhatIsProbedIsNamed() throws Exception {
    Map<String, Object> pod = (Map<String, Object>) at(ofKind("Deployment"), "spec/template/spec");
    List<String> volumes =
        list(pod, "volumes").stream().map(volume -> String.valueOf(at(volume, "name"))).toList();
    for (Object mount : list(pod, "containers/0/volumeMounts")) {
      assertThat(volumes).contains(String.valueOf(at(mount, "name")));
    }
    Object port = at(pod, "containers/0/ports/0/name");
    assertThat(at(pod, "containers/0/readinessProbe/tcpSocket/port")).isEqualTo(port);
    assertThat(at(pod, "containers/0/livenessProbe/tcpSocket/port")).isEqualTo(port);
    assertThat(at(pod, "securityContext/runAsNonRoot")).isEqualTo(true);
    assertThat(at(pod, "containers/0/securityContext/readOnlyRootFilesystem")).isEqualTo(true);
    List<Object> args = list(pod, "containers/0/args");
    for (String store : List.of("--key-store", "--trust-store", "--store-password-file")) {
      assertThat(option(args, store))
          .startsWith(at(pod, "containers/0/volumeMounts/0/mountPath") + "/");
    }
  }

  /** Children times heap, their own 40 MB each, and what the node takes. */
  @Test
  void childrenFitTheMemory() throws Exception {
    Map<String, Object> pods = ofKind("Deployment");
    List<Object> args = list(pods, "spec/template/spec/containers/0/args");
    long children = Long.parseLong(option(args, "--children"));
    long heap = megabytes(option(args, "--heap"));
    long limit =
        megabytes(
            String.valueOf(at(pods, "spec/template/spec/containers/0/resources/limits/memory")));
    assertThat(children * (heap + 40) + 500).isLessThanOrEqualTo(limit);
  }

  private static long megabytes(String text) {
    var parts = Pattern.compile("(\\d+)([mMgG])i?").matcher(text);
    assertThat(parts.matches()).as(text).isTrue();
    return Long.parseLong(parts.group(1)) * (parts.group(2).equalsIgnoreCase("g") ? 1024 : 1);
  }

  @Test
  void theProjectToTryIsOfTwoNodesThatFindEachOther() throws Exception {
    Map<String, Object> project = documents("compose.yaml").get(0);
    Map<String, Object> services = (Map<String, Object>) project.get("services");
    assertThat(services).hasSize(2);
    services.forEach(
        (name, service) -> {
          List<Object> command = list(service, "command");
          assertUnderstood(command);
          assertThat(option(command, "--bind")).isEqualTo(name + ":7800");
          assertThat(services).containsKey(option(command, "--nodes").replace(":7800", ""));
          assertThat(seconds(String.valueOf(at(service, "stop_grace_period"))))
              .isGreaterThan(seconds(option(command, "--grace")));
        });
    assertThat(at(project, "networks/nodes/internal")).isEqualTo(true);
  }
}
