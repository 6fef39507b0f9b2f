package io.delegate.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where to listen.
 *
 * @param host a name or an address, an IPv6 one without its brackets
 * @param port from 0, which stands for any that is free
 */
record Address(String host, int port) {
  static final String HERE = "127.0.0.1";

  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?:\\[(?<six>[0-9a-fA-F:.%]+)]|(?<host>[^\\[\\]:/\\s]+)):)?(?<port>\\d{1,5})");
  private static final int MOST = 65_535;

  /** Whether only this machine can reach it. A name that is not known is told when it is bound. */
  boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  /** Reads {@code 8080}, {@code localhost:8080} and {@code [::1]:8080}. */
  static final class Converter implements ITypeConverter<Address> {
    @Override
    public Address convert(String text) {
      Matcher m = FORM.matcher(text.strip());
      if (m.matches()) {
        int port = Integer.parseInt(m.group("port"));
        if (port <= MOST) {
          String six = m.group("six");
          String named = six != null ? six : m.group("host");
          return new Address(named != null ? named : HERE, port);
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is no address: write it as 8080, localhost:8080 or [::1]:8080");
    }
  }
}
