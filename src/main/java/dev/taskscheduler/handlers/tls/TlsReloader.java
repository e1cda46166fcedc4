package dev.taskscheduler.handlers.tls;

import dev.taskscheduler.handlers.files.FileError;
import dev.taskscheduler.handlers.files.SmallFile;
import io.helidon.webserver.WebServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/// Keeps the identity that a server shows over TLS up to date. Connections that stand go on with
/// the former one.
public final class TlsReloader {
  private static final Logger LOG = System.getLogger(TlsReloader.class.getName());

  private TlsReloader() {}

  /// Takes files that have changed; if they are at fault, the identity stays as it was.
  ///
  /// @return their faults
  public static List<FileError> changed(WebServer server, List<SmallFile> files) {
    return switch (TlsIdentity.of(files)) {
      case TlsIdentity.Valid valid -> {
        server.reloadTls(valid.tls());
        log(valid, Clock.systemUTC());
        yield List.of();
      }
      case TlsIdentity.Invalid invalid -> {
        LOG.log(
            Level.WARNING,
            () ->
                "tls certificate is unchanged, the new files are not valid errors="
                    + invalid.faults());
        yield invalid.faults();
      }
    };
  }

  /// Writes down what is shown from now on. One that is not valid is shown all the same: clients
  /// that look will say so, and to refuse would be no better for them.
  public static void log(TlsIdentity.Valid identity, Clock clock) {
    Instant from = identity.own().getNotBefore().toInstant();
    Instant until = identity.own().getNotAfter().toInstant();
    boolean valid = !clock.instant().isBefore(from) && clock.instant().isBefore(until);
    LOG.log(
        valid ? Level.INFO : Level.WARNING,
        () ->
            (valid ? "tls certificate read" : "tls certificate is not valid now")
                + " serial="
                + identity.own().getSerialNumber().toString(16)
                + " from="
                + from
                + " until="
                + until);
  }
}
