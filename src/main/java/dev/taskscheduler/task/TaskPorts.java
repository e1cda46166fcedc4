package dev.taskscheduler.task;

import java.util.function.Supplier;

/// The ports that any node may use, of one namespace.
///
/// @param health as last asked; answers at once
public record TaskPorts(
    TaskIntake intake,
    TaskCommands commands,
    Pauses pauses,
    TaskQueries queries,
    Supplier<StoreHealth> health) {}
