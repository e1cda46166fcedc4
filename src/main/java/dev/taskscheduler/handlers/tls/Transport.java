package dev.taskscheduler.handlers.tls;

/// The transport of requests: plain or TLS.
public sealed interface Transport {

  /// As plain HTTP.
  record Plain() implements Transport {}

  /// As HTTP over TLS.
  ///
  /// @param identity what the node shows; its files are watched from here on
  record Encrypted(TlsIdentity.Valid identity) implements Transport {}
}
