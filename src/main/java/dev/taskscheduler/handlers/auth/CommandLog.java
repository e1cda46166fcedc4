package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.logging.LogFields;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.BiConsumer;

/// Writes down who changed what: the name of the token, never the token. One line at INFO and one
/// entry of the audit for each request, however many tasks it changes; a submission is only a line
/// at DEBUG.
public final class CommandLog {
  /// Keeps an action and its subject; bound by [AuditFilter].
  static final ScopedValue<BiConsumer<String, String>> AUDIT = ScopedValue.newInstance();

  private static final Logger LOG = System.getLogger(CommandLog.class.getName());

  private CommandLog() {}

  /// @param subject in words of this program, as `key=value`: nothing that a client made up, except
  ///   names whose form was checked
  public static void command(String command, String subject) {
    LOG.log(
        Level.INFO, () -> "command=" + command + " " + subject + " by=" + Caller.current().name());
    keep(command, subject);
  }

  /// A change of one task.
  ///
  /// @param result such as `cancelled`
  public static void task(String command, String id, String result) {
    LOG.log(
        Level.INFO,
        "task=" + id + " " + result + " by=" + Caller.current().name(),
        LogFields.NONE.task(id));
    keep(command, "task=" + id + " result=" + result);
  }

  /// A new task.
  public static void submitted(String id) {
    if (LOG.isLoggable(Level.DEBUG)) {
      LOG.log(
          Level.DEBUG,
          "task=" + id + " submitted by=" + Caller.current().name(),
          LogFields.NONE.task(id));
    }
  }

  private static void keep(String command, String subject) {
    if (AUDIT.isBound()) {
      AUDIT.get().accept(command, subject);
    }
  }
}
