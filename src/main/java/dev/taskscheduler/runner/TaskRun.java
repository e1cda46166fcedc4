package dev.taskscheduler.runner;

import dev.taskscheduler.lease.FencingToken;
import java.util.Optional;

/// The task that a runner runs, as the runner sees it.
///
/// @param id the task's
/// @param attempt from 1; never used twice for a task
/// @param token the leader's fencing token: a target that remembers the highest epoch can refuse a
///   stale leader
/// @param payload the JSON value as it was submitted, byte for byte, UTF-8
/// @param traceparent of the request that submitted it, as W3C Trace Context writes it
/// @param maxResultBytes of its result that may be kept; a larger one fails the attempt
public record TaskRun(
    String id,
    int attempt,
    FencingToken token,
    byte[] payload,
    Optional<String> traceparent,
    int maxResultBytes) {}
