package dev.taskscheduler.spi;

import java.util.Optional;

/// One attempt at a task, as its runner sees it.
///
/// @param id the task's id
/// @param attempt the number of this attempt, from 1; never used twice for a task
/// @param token the leader's fencing token: a target that remembers the highest epoch can refuse a
///   stale leader
/// @param payload the JSON value as it was submitted, byte for byte, in UTF-8
/// @param traceparent of the request that submitted the task, as W3C Trace Context writes it
/// @param maxResultBytes how large a result may be; a larger one fails the attempt
public record TaskRun(
    String id,
    int attempt,
    FencingToken token,
    byte[] payload,
    Optional<String> traceparent,
    int maxResultBytes) {}
