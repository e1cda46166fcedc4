/// Health, probes, and who leads.
///
/// Sees `cluster`, `leader`, `task`, `handlers.auth` and `handlers.wire`. Begin with
/// `HealthHandler`.
@NullMarked
package dev.taskscheduler.handlers.cluster;

import org.jspecify.annotations.NullMarked;
