/// One document that sums up the whole scheduler, for those who look at it all the time.
///
/// Sees `cluster`, `leader`, `task`, `handlers.auth`, `handlers.cluster`, `handlers.server`,
/// `handlers.tasks` and `handlers.wire`. Begin with `Overview`.
@NullMarked
package dev.taskscheduler.handlers.overview;

import org.jspecify.annotations.NullMarked;
