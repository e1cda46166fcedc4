package dev.taskscheduler.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoggingTest {
  @Test
  void the_form_and_the_level_are_laid_over_the_file() {
    Logging.configure(LogFormat.JSON, LogLevel.DEBUG, "n1");
    try {
      assertInstanceOf(JsonLog.class, console().getFormatter());
      assertEquals(Level.FINE, Logger.getLogger("").getLevel());
      assertEquals(Level.WARNING, Logger.getLogger("redis.clients.jedis").getLevel());
    } finally {
      Logging.configure(LogFormat.TEXT, LogLevel.INFO, "n1");
    }
    assertInstanceOf(TextLog.class, console().getFormatter());
  }

  /// Helidon adds one of its own that writes nothing, once a web server was there.
  private static Handler console() {
    return Stream.of(Logger.getLogger("").getHandlers())
        .filter(AsyncHandler.class::isInstance)
        .map(h -> ((AsyncHandler) h).target())
        .filter(h -> h.getClass().getName().equals("io.helidon.logging.jul.HelidonConsoleHandler"))
        .findFirst()
        .orElseThrow();
  }
}
