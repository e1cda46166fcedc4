package dev.taskscheduler.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// Connections that trust the certificates of a file instead of those of the JDK.
final class TrustedCertificates {
  private TrustedCertificates() {}

  /// @param file PEM, with the certificate of an authority or of the node itself
  static SSLSocketFactory of(Path file, Shell shell) {
    try (var in = new ByteArrayInputStream(Inputs.read(file.toString(), shell))) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("" + count++, each);
      }
      if (count == 0) {
        throw new CliException.Usage("--ca-file " + file + " has no certificate.");
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException e) {
      throw new CliException.Usage(
          "--ca-file " + file + " is no file of certificates (PEM): " + e.getMessage());
    }
  }
}
