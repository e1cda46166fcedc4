package dev.taskscheduler.handlers.submit;

import java.time.Duration;

/// The limits of submissions.
///
/// @param maxBodyBytes the largest body of one task; a larger one is refused with 413
/// @param idempotencyTtl how long an `Idempotency-Key` is remembered
public record SubmitLimits(int maxBodyBytes, Duration idempotencyTtl) {}
