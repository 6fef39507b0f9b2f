package io.delegate.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Reads who we are, and whom we trust. */
final class Certificates {
  private Certificates() {}

  static SSLContext context(Path keyStore, Path trustStore, char[] password) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(load(keyStore, password), password);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(load(trustStore, password));
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "option tls = " + keyStore + ", " + trustStore + ": " + e.getMessage(), e);
    }
  }

  private static KeyStore load(Path file, char[] password) throws GeneralSecurityException {
    try {
      return KeyStore.getInstance(file.toFile(), password);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "option tls = "
              + file
              + ": it cannot be read: "
              + e.getMessage()
              + "; give a file of the form PKCS #12 or JKS, and its password",
          e);
    }
  }
}
