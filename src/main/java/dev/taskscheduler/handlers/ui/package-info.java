/// The dashboard: pages that a browser shows from what the API says.
///
/// Sees `handlers.wire`. Begin with `DashboardPages`.
@NullMarked
package dev.taskscheduler.handlers.ui;

import org.jspecify.annotations.NullMarked;
