package dev.taskscheduler.logging;

import io.helidon.logging.common.LogConfig;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Sets up `java.util.logging`, which stands behind `System.Logger` and slf4j here.
public final class Logging {
  private Logging() {}

  /// Reads `logging.properties` from the class path (or the file that
  /// `java.util.logging.config.file` names), then sets the format and the level. To be called once,
  /// before anything logs.
  ///
  /// @param node the name of this node, for lines in JSON
  public static void configure(LogFormat format, LogLevel level, String node) {
    LogConfig.configureRuntime(); // once only, so what starts later does not undo what follows
    Formatter formatter =
        switch (format) {
          case TEXT -> new TextLog();
          case JSON -> new JsonLog(node);
        };
    Logger root = Logger.getLogger("");
    root.setLevel(level.level());
    for (Handler handler : root.getHandlers()) {
      Handler target = handler instanceof AsyncHandler known ? known.target() : handler;
      target.setFormatter(formatter);
      target.setLevel(level.level());
      handler.setLevel(level.level());
      if (handler == target) {
        root.removeHandler(handler);
        root.addHandler(new AsyncHandler(target));
      }
    }
  }

  /// Keeps the log open while the JVM ends, until `end` is counted down. The JDK closes the log in
  /// a shutdown hook that runs at the same time as all others, which would cut the last lines of a
  /// node. (Helidon's way joins a thread that may not have started yet.)
  public static void keepUntil(CountDownLatch end) {
    Logger root = Logger.getLogger("");
    Handler[] others = root.getHandlers();
    for (Handler handler : others) {
      root.removeHandler(handler);
    }
    root.addHandler(new OpenUntil(end)); // first, for they are closed in this order
    for (Handler handler : others) {
      root.addHandler(handler);
    }
  }

  private static final class OpenUntil extends Handler {
    private final CountDownLatch end;

    OpenUntil(CountDownLatch end) {
      this.end = end;
    }

    @Override
    public void publish(LogRecord record) {
      // logs nothing: it only holds up the close of the handlers after it
    }

    @Override
    public void flush() {
      // nothing is held back
    }

    @Override
    public void close() {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
