package dev.taskscheduler.leader.raft;

import dev.taskscheduler.net.Certificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// This member's certificate and the signers that it trusts, ready for TLS.
public final class PeerCertificates {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final int MOST_BYTES = 1 << 20;
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final String CERTIFICATES = "a PEM file of certificates (BEGIN CERTIFICATE)";

  /// What is wrong with one of the three files.
  public static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Path file;

    Fault(Path file, String allowed) {
      super(allowed);
      this.file = file;
    }

    /// The file at fault.
    public Path file() {
      return file;
    }
  }

  private final SSLContext context;

  private PeerCertificates(SSLContext context) {
    this.context = context;
  }

  /// Reads the three files and checks that they fit together.
  public static PeerCertificates read(RaftProtection.Certificates files) throws Fault {
    List<X509Certificate> chain = certificates(files.certificate());
    List<X509Certificate> signers = certificates(files.signers());
    PrivateKey key = key(files.key());
    if (!Certificates.match(key, chain.getFirst())) {
      throw new Fault(
          files.key(), "the private key of the first certificate in " + files.certificate());
    }
    try {
      chain.getFirst().checkValidity();
    } catch (CertificateException e) {
      throw new Fault(
          files.certificate(),
          "a certificate that is valid now; this one is from %s to %s"
              .formatted(
                  chain.getFirst().getNotBefore().toInstant(),
                  chain.getFirst().getNotAfter().toInstant()));
    }
    try {
      return new PeerCertificates(context(chain, key, signers));
    } catch (GeneralSecurityException | IOException e) {
      throw new Fault(
          files.certificate(),
          "the member's own certificate first, each signed by the" + " next; " + e.getMessage());
    }
  }

  private static SSLContext context(
      List<X509Certificate> chain, PrivateKey key, List<X509Certificate> signers)
      throws GeneralSecurityException, IOException {
    char[] none = new char[0];
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, none);
    own.setKeyEntry("own", key, none, chain.toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, none);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, none);
    for (int i = 0; i < signers.size(); i++) {
      trusted.setCertificateEntry("signer" + i, signers.get(i));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static List<X509Certificate> certificates(Path file) throws Fault {
    byte[] bytes = bytes(file, CERTIFICATES);
    try {
      List<X509Certificate> read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!read.isEmpty()) {
        return read;
      }
    } catch (CertificateException e) {
      throw new Fault(file, CERTIFICATES);
    }
    throw new Fault(file, CERTIFICATES);
  }

  private static PrivateKey key(Path file) throws Fault {
    String allowed =
        "a PEM file with an RSA, EC or Ed25519 key in PKCS#8 without a password"
            + " (BEGIN PRIVATE KEY)";
    Matcher pem = KEY.matcher(new String(bytes(file, allowed), StandardCharsets.UTF_8));
    if (pem.find()) {
      try {
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
          Optional<PrivateKey> key = key(algorithm, encoded);
          if (key.isPresent()) {
            return key.get();
          }
        }
      } catch (IllegalArgumentException e) {
        throw new Fault(file, allowed);
      }
    }
    throw new Fault(file, allowed);
  }

  private static Optional<PrivateKey> key(String algorithm, PKCS8EncodedKeySpec encoded) {
    try {
      return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(encoded));
    } catch (GeneralSecurityException e) {
      return Optional.empty(); // of another kind
    }
  }

  private static byte[] bytes(Path file, String allowed) throws Fault {
    if (!Files.isRegularFile(file)) {
      throw new Fault(file, allowed + "; there is no such file at this path");
    }
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length <= MOST_BYTES) {
        return bytes;
      }
    } catch (IOException e) {
      throw new Fault(file, allowed + "; this one cannot be read");
    }
    throw new Fault(file, allowed + "; this one is larger than 1 MiB");
  }

  SSLContext context() {
    return context;
  }

  /// Whether a certificate names a member: by its id, or by the host of its address. The subject's
  /// common name does not count.
  static boolean names(X509Certificate certificate, RaftNode member) {
    try {
      var names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .anyMatch(
                  name -> matches((Integer) name.getFirst(), String.valueOf(name.get(1)), member));
    } catch (CertificateException e) {
      return false;
    }
  }

  private static boolean matches(int kind, String name, RaftNode member) {
    String host = member.host().toLowerCase(Locale.ROOT);
    return switch (kind) {
      case DNS_NAME -> {
        String dns = name.toLowerCase(Locale.ROOT);
        int dot = host.indexOf('.');
        yield dns.equals(member.id().toLowerCase(Locale.ROOT))
            || dns.equals(host)
            || dns.startsWith("*.") && dot > 0 && dns.substring(1).equals(host.substring(dot));
      }
      case IP_ADDRESS -> {
        Optional<InetAddress> own = literal(host);
        yield own.isPresent() && own.equals(literal(name));
      }
      default -> false;
    };
  }

  /// An address by its text; a name is not looked up.
  static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
