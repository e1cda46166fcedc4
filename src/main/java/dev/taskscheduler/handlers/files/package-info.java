/// Small files that are read again when they change, each read bounded in time and size.
///
/// Sees only Java. Begin with `FileWatch`.
@NullMarked
package dev.taskscheduler.handlers.files;

import org.jspecify.annotations.NullMarked;
