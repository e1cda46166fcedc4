package dev.taskscheduler.node;

import java.time.Duration;

/// @param workers tasks that run at once, at the most
/// @param taskTimeout how long an attempt may take before it is interrupted
public record WorkerConfig(int workers, Duration taskTimeout) {}
