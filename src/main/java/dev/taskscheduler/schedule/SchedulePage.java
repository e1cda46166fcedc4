package dev.taskscheduler.schedule;

import java.util.List;
import java.util.Optional;

/// A page of schedules, by name.
///
/// @param next the cursor of the next page; empty at the end
public record SchedulePage(List<ScheduleView> schedules, Optional<String> next) {}
