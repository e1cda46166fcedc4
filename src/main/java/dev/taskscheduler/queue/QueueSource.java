package dev.taskscheduler.queue;

import java.util.Optional;

/// A queue or a pattern that sets something for a queue.
///
/// @param name of the queue itself, or a pattern that its name matches
/// @param pause its pause; empty if it says nothing of that
public record QueueSource(String name, QueueSettings settings, Optional<QueuePause> pause) {}
