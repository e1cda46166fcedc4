package dev.taskscheduler.runner.http;

import java.time.Duration;

/// The settings of the HTTP runner.
///
/// @param connectTimeout for looking the name up, connecting and TLS
/// @param timeout for a whole exchange; a payload may set less
/// @param maxResponseBytes of a response's body that are read
/// @param allowed the hosts that may be called; empty: all whose address is public
/// @param privateHosts the hosts whose addresses may be private
/// @param keys that requests are signed with
public record HttpRunnerConfig(
    Duration connectTimeout,
    Duration timeout,
    int maxResponseBytes,
    HostAllowlist allowed,
    HostAllowlist privateHosts,
    SigningKeyRing keys) {}
