package dev.taskscheduler.conf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The version of this program, as the build wrote it down.
final class Version {
  private Version() {}

  static String current() {
    var properties = new Properties();
    try (var resource = Version.class.getResourceAsStream("/build.properties")) {
      if (resource != null) {
        properties.load(resource);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("build.properties cannot be read from the class path", e);
    }
    return properties.getProperty("version", "unknown");
  }
}
