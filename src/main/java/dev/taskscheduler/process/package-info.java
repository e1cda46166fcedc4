/// What belongs to the process as a whole: threads that it cannot do without, a bound for its stop,
/// and the version of the program. Any package may see it; it sees no other package.
@NullMarked
package dev.taskscheduler.process;

import org.jspecify.annotations.NullMarked;
