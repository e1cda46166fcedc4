package dev.taskscheduler.runner.http;

import java.time.Duration;

/// @param connectTimeout for looking the name up, connecting and TLS
/// @param timeout for all of an exchange; a payload may ask for less
/// @param maxResponseBytes of an answer's body that are read and kept
/// @param allowed who may be asked; none for everybody whose address is public
/// @param privates whose addresses may be private
/// @param keys that requests are signed with
public record HttpRunnerConfig(
    Duration connectTimeout,
    Duration timeout,
    int maxResponseBytes,
    HostAllowlist allowed,
    HostAllowlist privates,
    SigningKeyRing keys) {}
