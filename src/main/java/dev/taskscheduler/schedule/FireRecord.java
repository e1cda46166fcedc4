package dev.taskscheduler.schedule;

import java.time.Instant;
import java.util.Optional;

/// One entry of what a schedule did.
///
/// @param planned the instant; of instants that were missed, the last
/// @param at when this was decided, by Redis's clock
/// @param task the id of its task, where there is one
/// @param missed instants that were missed before it, or with it
public record FireRecord(
    Instant planned, Instant at, FireOutcome outcome, Optional<String> task, int missed) {}
