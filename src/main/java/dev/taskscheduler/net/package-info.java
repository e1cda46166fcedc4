/// The networks that connections come from, and checks on certificates. Any package may see it; it
/// sees no other package.
@NullMarked
package dev.taskscheduler.net;

import org.jspecify.annotations.NullMarked;
