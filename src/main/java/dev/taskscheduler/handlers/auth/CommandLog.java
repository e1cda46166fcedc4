package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.logging.LogFields;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Writes down who changed what: the name of the token, never the token. What operators command at
/// INFO, what concerns one task at DEBUG.
public final class CommandLog {
  private static final Logger LOG = System.getLogger(CommandLog.class.getName());

  private CommandLog() {}

  /// @param subject in words of this program: nothing that a client made up
  public static void command(String command, String subject) {
    LOG.log(
        Level.INFO, () -> "command=" + command + " " + subject + " by=" + Caller.current().name());
  }

  public static void task(String command, String id) {
    if (LOG.isLoggable(Level.DEBUG)) {
      LOG.log(
          Level.DEBUG,
          "task=" + id + " " + command + " by=" + Caller.current().name(),
          LogFields.NONE.task(id));
    }
  }
}
