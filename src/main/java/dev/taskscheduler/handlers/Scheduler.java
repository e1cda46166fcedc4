package dev.taskscheduler.handlers;

import dev.taskscheduler.audit.AuditTrail;
import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.schedules.ScheduleFile;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.TaskService;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The parts that the REST API calls.
///
/// @param paused what is kept from starting, and since when; answers at once
/// @param queueSize the tasks this node has before it as leader, 0 on a follower; answers at once
/// @param audit where changes are kept
/// @param cluster answers questions about the whole scheduler
/// @param workers tasks that this node runs at once while it leads
public record Scheduler(
    TaskService tasks,
    Queues queues,
    Schedules schedules,
    Optional<ScheduleFile> scheduleFile,
    LeaderView leader,
    Supplier<Map<Pause, Instant>> paused,
    LongSupplier queueSize,
    AuditTrail audit,
    ClusterQueries cluster,
    int workers) {}
