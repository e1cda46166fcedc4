/// What the author of a runner compiles against: the port `TaskRunner` and the values it works
/// with.
///
/// Sees only `java.base`, and is compiled for Java 17, since it is published on its own as
/// `task-scheduler-spi`. Begin with `TaskRunner`.
package dev.taskscheduler.spi;
