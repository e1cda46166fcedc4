/// How the process lives and ends: threads that it cannot do without, and a bound for its stop. Any
/// room may see it; it sees nothing of ours.
@NullMarked
package dev.taskscheduler.process;

import org.jspecify.annotations.NullMarked;
