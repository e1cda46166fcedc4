package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.UncheckedIOException;
import java.util.Properties;

/// What this process accepts as serialised Java objects: Ratis sends exceptions so, between peers
/// that nobody authenticates.
final class SerialFilter {
  private static final System.Logger LOG = System.getLogger(SerialFilter.class.getName());
  private static final String FILE = "/META-INF/helidon/serial-config.properties";

  private SerialFilter() {}

  /// Sets it for the whole process, once; one that was given with `jdk.serialFilter` stays.
  static void install() {
    if (ObjectInputFilter.Config.getSerialFilter() != null) {
      return;
    }
    try {
      ObjectInputFilter.Config.setSerialFilter(
          ObjectInputFilter.Config.createFilter(allowed() + ";!*"));
    } catch (IllegalStateException e) { // set in the meantime
      LOG.log(System.Logger.Level.DEBUG, "serial filter stands already", e);
    }
  }

  /// The one list that Helidon reads too, whichever of the two comes first.
  private static String allowed() {
    Properties properties = new Properties();
    try (InputStream file = SerialFilter.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException("missing on the class path: " + FILE);
      }
      properties.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("pattern");
  }
}
