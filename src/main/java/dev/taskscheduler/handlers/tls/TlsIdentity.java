package dev.taskscheduler.handlers.tls;

import dev.taskscheduler.handlers.files.FileError;
import dev.taskscheduler.handlers.files.SmallFile;
import dev.taskscheduler.net.Certificates;
import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.pki.PemKeys;
import io.helidon.common.tls.Tls;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// A certificate and its private key, each in a PEM file.
public sealed interface TlsIdentity {

  /// @param files what was read: the certificates, and the key
  /// @param chain the node's own certificate, then those that vouch for it
  record Valid(List<SmallFile> files, List<X509Certificate> chain, PrivateKey key)
      implements TlsIdentity {
    public Valid {
      files = List.copyOf(files);
      chain = List.copyOf(chain);
    }

    X509Certificate own() {
      return chain.getFirst();
    }

    public Tls tls() {
      return Tls.builder()
          .managerDiscoverServices(false)
          .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
          .privateKeyCertChain(chain)
          .privateKey(key)
          // Clients are asked for no certificate, but Helidon changes the key of a running
          // server only where somebody is trusted.
          .addTrust(own())
          .build();
    }

    @Override
    public String toString() {
      return files.toString();
    }
  }

  /// @param certificate what is wrong with that file
  /// @param key what is wrong with that one
  record Invalid(List<FileError> certificate, List<FileError> key) implements TlsIdentity {
    public Invalid {
      certificate = List.copyOf(certificate);
      key = List.copyOf(key);
    }

    /// All of them, at least one.
    List<FileError> faults() {
      List<FileError> all = new ArrayList<>(certificate);
      all.addAll(key);
      return all;
    }
  }

  /// Certificates of those whose signature is trusted.
  ///
  /// @param faults why there are none
  record Signers(List<X509Certificate> certificates, List<FileError> faults) {
    public Signers {
      certificates = List.copyOf(certificates);
      faults = List.copyOf(faults);
    }
  }

  static Signers readSigners(Path file) {
    List<FileError> faults = new ArrayList<>();
    List<X509Certificate> certificates =
        Reader.keys(SmallFile.read(file), Reader.SIGNERS, PemKeys.Builder::certificates, faults)
            .map(Keys::certs)
            .orElse(List.of());
    return new Signers(certificates, faults);
  }

  static TlsIdentity read(Path certificate, Path key) {
    return of(List.of(SmallFile.read(certificate), SmallFile.read(key)));
  }

  /// @param files the certificates, and the key
  static TlsIdentity of(List<SmallFile> files) {
    return new Reader(files).read();
  }

  /// Reads both, and gathers all faults. What Helidon says of a file is not repeated: it may quote
  /// it.
  final class Reader {
    private static final String CERTIFICATES =
        "a PEM file of certificates (BEGIN CERTIFICATE), the node's own first";
    private static final String SIGNERS = "a PEM file of certificates (BEGIN CERTIFICATE)";
    private static final String KEY =
        "a PEM file with an RSA or EC key in PKCS#8 without a password (BEGIN PRIVATE KEY)";

    private final List<SmallFile> files;
    private final List<FileError> ofCertificate = new ArrayList<>();
    private final List<FileError> ofKey = new ArrayList<>();

    private Reader(List<SmallFile> files) {
      this.files = List.copyOf(files);
    }

    private TlsIdentity read() {
      List<X509Certificate> chain =
          keys(files.getFirst(), CERTIFICATES, PemKeys.Builder::certChain, ofCertificate)
              .map(Keys::certChain)
              .orElse(List.of());
      Optional<PrivateKey> key =
          keys(files.getLast(), KEY, PemKeys.Builder::key, ofKey).flatMap(Keys::privateKey);
      if (ofCertificate.isEmpty() && key.isPresent()) {
        Valid valid = new Valid(files, chain, key.get());
        check(valid);
        if (ofCertificate.isEmpty() && ofKey.isEmpty()) {
          return valid;
        }
      }
      return new Invalid(ofCertificate, ofKey);
    }

    /// What no file shows alone.
    private void check(Valid valid) {
      if (!Certificates.match(valid.key(), valid.own())) {
        ofKey.add(
            new FileError(
                files.getLast().path().toString(),
                "the private key of the first certificate in " + files.getFirst().path()));
        return;
      }
      try {
        var unused = valid.tls();
      } catch (IllegalArgumentException e) {
        ofCertificate.add(
            new FileError(
                files.getFirst().path().toString(),
                "the node's own certificate first, and each signed by the next"));
      }
    }

    private static Optional<Keys> keys(
        SmallFile file,
        String allowed,
        BiConsumer<PemKeys.Builder, Resource> as,
        List<FileError> faults) {
      switch (file) {
        case SmallFile.Unreadable unreadable -> faults.add(unreadable.fault(allowed));
        case SmallFile.Content content -> {
          String path = content.path().toString();
          try {
            Resource pem = Resource.create(path, content.text());
            return Optional.of(Keys.builder().pem(form -> as.accept(form, pem)).build());
          } catch (RuntimeException e) { // several types, and the API names none of them
            faults.add(new FileError(path, allowed));
          }
        }
      }
      return Optional.empty();
    }
  }
}
