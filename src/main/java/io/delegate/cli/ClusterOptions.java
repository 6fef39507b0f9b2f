package io.delegate.cli;

import io.delegate.cluster.Cluster;
import io.delegate.cluster.JGroupsCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which cluster, and who one is there. */
final class ClusterOptions {
  @Option(
      names = "--nodes",
      paramLabel = "HOST:PORT",
      split = ",",
      description = "Where members of the cluster are; some of them are enough.")
  List<String> nodes = List.of();

  @Option(
      names = "--nodes-dns",
      paramLabel = "NAME",
      description = {
        "A name of which DNS has the address of each member, as that of a headless service of "
            + "Kubernetes."
      })
  @Nullable String dns;

  @Option(
      names = "--cluster-name",
      paramLabel = "NAME",
      defaultValue = "delegate",
      description = "What the cluster is called (default: ${DEFAULT-VALUE}).")
  String name = "delegate";

  @Option(
      names = "--bind",
      paramLabel = "[HOST:]PORT",
      converter = Address.Converter.class,
      description = {
        "Where the others reach this one (default: 127.0.0.1, port 7800 for a node or with "
            + "--nodes-dns, and else any for a run). An address of other machines needs --key-store."
      })
  @Nullable Address bind;

  @Option(
      names = "--key-store",
      paramLabel = "FILE",
      description = "The key and certificate of this member (PKCS #12 or JKS).")
  @Nullable Path keyStore;

  @Option(
      names = "--trust-store",
      paramLabel = "FILE",
      description = "The certificates that are trusted (default: those of the key store).")
  @Nullable Path trustStore;

  @Option(
      names = "--store-password-file",
      paramLabel = "FILE",
      description = "Its first line is the password of both stores.")
  @Nullable Path passwordFile;

  @Option(
      names = "--insecure-network",
      description = {
        "Joins without certificates at an address that other machines reach: who reaches it may run "
            + "code."
      })
  boolean insecure;

  /** Whether there is to be one. */
  boolean isGiven() {
    return !nodes.isEmpty() || dns != null;
  }

  /** {@code port}: where there is no {@code --bind}. */
  Cluster cluster(int port) {
    int usual = dns == null ? port : JGroupsCluster.DEFAULT_PORT; // DNS tells no ports
    Address at = bind == null ? new Address(Address.HERE, usual) : bind;
    JGroupsCluster.Builder builder = JGroupsCluster.builder().name(name).bind(at.host(), at.port());
    builder =
        dns != null
            ? builder.dns(dns)
            : builder.peers(
                nodes.isEmpty() ? new String[] {at.toString()} : nodes.toArray(new String[0]));
    Path keys = keyStore;
    if (keys != null) {
      builder = builder.tls(keys, trustStore == null ? keys : trustStore, password());
    } else {
      WorkOptions.check(trustStore == null, "--trust-store", trustStore, "add --key-store FILE");
    }
    return (insecure ? builder.insecureNetwork() : builder).build();
  }

  private char[] password() {
    Path file = passwordFile;
    WorkOptions.check(
        file != null, "--key-store", keyStore, "add --store-password-file FILE, with its password");
    try {
      List<String> lines = file == null ? List.of() : Files.readAllLines(file);
      return lines.isEmpty() ? new char[0] : lines.get(0).toCharArray();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Invalid value for option '--store-password-file': '" + file + "': " + e, e);
    }
  }
}
