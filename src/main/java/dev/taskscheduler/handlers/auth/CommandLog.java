package dev.taskscheduler.handlers.auth;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Writes down who changed what: the name of the token, never the token. What operators command at
/// INFO, what concerns one task at DEBUG.
public final class CommandLog {
  private static final Logger LOG = System.getLogger(CommandLog.class.getName());

  private CommandLog() {}

  /// @param about what it was done to, in words of this program: nothing that a client made up
  public static void command(String what, String about) {
    LOG.log(Level.INFO, () -> "command=" + what + " " + about + " by=" + Caller.current().name());
  }

  public static void task(String what, String id) {
    if (LOG.isLoggable(Level.DEBUG)) {
      LOG.log(Level.DEBUG, "task=" + id + " " + what + " by=" + Caller.current().name());
    }
  }
}
