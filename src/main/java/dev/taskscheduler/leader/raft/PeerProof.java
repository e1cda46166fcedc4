package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Makes a new socket a connection whose other side is known, as far as the group is protected.
interface PeerProof {
  /// For each answer of the other side; the whole is bounded by whoever asks for it.
  Duration WAIT = Duration.ofSeconds(3);

  /// As the one that has connected.
  ///
  /// @param called whom this socket should lead to
  PeerConnection call(Socket socket, RaftNode called) throws IOException;

  /// As the one that has been connected to.
  PeerConnection answer(Socket socket) throws IOException;

  /// @throws IOException if the files cannot be used
  static PeerProof of(RaftConfig config) throws IOException {
    return switch (config.protection()) {
      case RaftProtection.None none -> new NoProof();
      case RaftProtection.Secret secret -> new SecretProof(config, secret);
      case RaftProtection.Certificates certificates -> new TlsProof(certificates);
    };
  }

  /// Anybody is taken for whom it says that it is.
  final class NoProof implements PeerProof {
    @Override
    public PeerConnection call(Socket socket, RaftNode called) throws IOException {
      return new PeerConnection(socket, socket);
    }

    @Override
    public PeerConnection answer(Socket socket) throws IOException {
      return new PeerConnection(socket, socket);
    }
  }

  /// [SecretHandshake].
  final class SecretProof implements PeerProof {
    private final UUID group;
    private final String self;
    private final Reloaded<SharedSecret> secret;

    SecretProof(RaftConfig config, RaftProtection.Secret file) throws IOException {
      this.group = config.groupId();
      this.self = config.node();
      this.secret =
          new Reloaded<>(
              List.of(file.file()),
              () -> {
                try {
                  return SharedSecret.read(file.file());
                } catch (IllegalArgumentException e) {
                  throw new IOException("RAFT_SECRET_FILE: " + e.getMessage(), e);
                }
              });
    }

    private SecretHandshake handshake() {
      return new SecretHandshake(group, self, secret.get(), WAIT);
    }

    @Override
    public PeerConnection call(Socket socket, RaftNode called) throws IOException {
      PeerConnection connection = new PeerConnection(socket, socket);
      handshake().call(connection, called.id());
      return connection;
    }

    @Override
    public PeerConnection answer(Socket socket) throws IOException {
      PeerConnection connection = new PeerConnection(socket, socket);
      String caller = handshake().answer(connection);
      connection.identity(member -> member.id().equals(caller));
      return connection;
    }
  }

  /// TLS 1.3 with certificates on both sides.
  final class TlsProof implements PeerProof {
    private final Reloaded<PeerCertificates> certificates;

    TlsProof(RaftProtection.Certificates files) throws IOException {
      this.certificates =
          new Reloaded<>(
              List.of(files.certificate(), files.key(), files.signers()),
              () -> {
                try {
                  return PeerCertificates.read(files);
                } catch (PeerCertificates.Fault e) {
                  throw new IOException(e.file() + ": expected " + e.getMessage(), e);
                }
              });
    }

    @Override
    public PeerConnection call(Socket socket, RaftNode called) throws IOException {
      SSLContext context = certificates.get().context();
      SSLSocket tls =
          (SSLSocket)
              context.getSocketFactory().createSocket(socket, called.host(), called.port(), true);
      tls.setUseClientMode(true);
      PeerConnection connection = shaken(socket, tls);
      if (!connection.proves(called)) {
        throw new PeerRefusedException("the certificate that answers names not " + called);
      }
      return connection;
    }

    @Override
    public PeerConnection answer(Socket socket) throws IOException {
      SSLContext context = certificates.get().context();
      SSLSocket tls =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(socket, java.io.InputStream.nullInputStream(), true);
      tls.setUseClientMode(false);
      tls.setNeedClientAuth(true);
      return shaken(socket, tls);
    }

    private static PeerConnection shaken(Socket raw, SSLSocket tls) throws IOException {
      tls.setEnabledProtocols(new String[] {"TLSv1.3"});
      tls.setSoTimeout((int) WAIT.toMillis());
      tls.startHandshake();
      X509Certificate certificate = (X509Certificate) tls.getSession().getPeerCertificates()[0];
      PeerConnection connection = new PeerConnection(raw, tls);
      connection.identity(member -> PeerCertificates.names(certificate, member));
      return connection;
    }
  }
}
