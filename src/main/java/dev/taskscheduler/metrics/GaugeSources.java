package dev.taskscheduler.metrics;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.TaskCounts;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The values that gauges read at each scrape. All answer at once, from what is known already: a
/// scrape must not hang on Redis.
///
/// @param leadership of this node, while it lasts
/// @param queueSize the tasks this node has before it as leader, 0 on a follower
/// @param counts a second old or so; empty while unknown
/// @param paused what is kept from starting, a second old or so
/// @param store its last known health
public record GaugeSources(
    Supplier<Optional<Leadership>> leadership,
    LongSupplier queueSize,
    Supplier<Optional<TaskCounts>> counts,
    Supplier<Set<Pause>> paused,
    Supplier<StoreHealth> store) {}
