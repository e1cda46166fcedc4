package dev.taskscheduler.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A schedule as it stands.
///
/// @param taskJson the task's JSON object, as it was sent
/// @param created when it was first put
/// @param generation raised by each change
/// @param next the next planned instant, without jitter
/// @param firesAt when that fires, with jitter
/// @param pausedSince by Redis's clock
/// @param note why it is paused; empty if nothing was said
/// @param fault why it could not fire; empty if nothing stands in its way
/// @param remaining fires that it may still make
/// @param runs ids of runs that have not ended
/// @param buffered instants that wait for the end of a run
/// @param group that it was applied with; empty for none
public record ScheduleView(
    String name,
    ScheduleSettings settings,
    byte[] taskJson,
    Instant created,
    long generation,
    ScheduleState state,
    Optional<Instant> next,
    Optional<Instant> firesAt,
    Optional<Instant> pausedSince,
    String note,
    String fault,
    OptionalInt remaining,
    List<String> runs,
    List<Instant> buffered,
    String group) {}
