/// The command line `scheduler`: commands, one or few calls each to the REST API, and what they
/// print.
///
/// A program of its own in the same jar. It sees nothing of the server, so that it starts fast, and
/// takes each answer for untrusted. Begin with [Main]; [Commands] lists the commands.
@NullMarked
package dev.taskscheduler.cli;

import org.jspecify.annotations.NullMarked;
