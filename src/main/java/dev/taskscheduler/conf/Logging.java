package dev.taskscheduler.conf;

import io.helidon.logging.common.LogConfig;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Logger;

/// Sets up `java.util.logging`, which stands behind `System.Logger` and slf4j here.
public final class Logging {
  private Logging() {}

  /// Reads `logging.properties` from the class path (or the file that
  /// `java.util.logging.config.file` names), then sets the form and the level. To be called once,
  /// first thing.
  public static void configure(LogFormat format, LogLevel level) {
    LogConfig.configureRuntime(); // once only, so what starts later does not undo what follows
    Formatter formatter =
        switch (format) {
          case TEXT -> new TextLog();
          case JSON -> new JsonLog();
        };
    Logger root = Logger.getLogger("");
    root.setLevel(level.level());
    for (Handler handler : root.getHandlers()) {
      handler.setFormatter(formatter);
      handler.setLevel(level.level());
    }
  }
}
