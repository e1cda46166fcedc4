package dev.taskscheduler.redis;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// The TLS settings of connections to Redis. Its certificate and host name are always checked.
///
/// @param trusted the authorities for Redis's certificate; empty: those of the JDK
/// @param identity this node's certificate, where Redis asks for one
public record RedisTls(List<X509Certificate> trusted, Optional<Identity> identity) {
  /// Trusts the authorities of the JDK and has no certificate.
  public static final RedisTls DEFAULT = new RedisTls(List.of(), Optional.empty());

  public RedisTls {
    trusted = List.copyOf(trusted);
  }

  /// A certificate with its private key.
  ///
  /// @param chain the node's own certificate first
  public record Identity(List<X509Certificate> chain, PrivateKey key) {
    public Identity {
      chain = List.copyOf(chain);
    }
  }

  SSLSocketFactory sockets() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(), trust(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("TLS for Redis cannot be set up", e);
    }
  }

  SSLParameters parameters() {
    SSLParameters parameters = new SSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }

  /// An empty store without a password, which needs none in memory.
  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private KeyManager[] keys() throws GeneralSecurityException, IOException {
    if (identity.isEmpty()) {
      return new KeyManager[0];
    }
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "redis",
        identity.get().key(),
        new char[0],
        identity.get().chain().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private TrustManager[] trust() throws GeneralSecurityException, IOException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    if (trusted.isEmpty()) {
      factory.init((KeyStore) null);
    } else {
      KeyStore store = emptyStore();
      for (int i = 0; i < trusted.size(); i++) {
        store.setCertificateEntry("redis-" + i, trusted.get(i));
      }
      factory.init(store);
    }
    return factory.getTrustManagers();
  }

  /// The settings without the key.
  @Override
  public String toString() {
    return "trusted=" + trusted.size() + " identity=" + identity.isPresent();
  }
}
