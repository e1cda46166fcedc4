package dev.taskscheduler.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/// Tells the version of this program and which build it is.
///
/// JDK 25 does not compare an AOT cache with the jars: if another jar took their place, it runs the
/// old code and says nothing. So the build's id is both compiled in and written into the jar.
public final class Version {
  private static final String UNNAMED = "dev";

  private Version() {}

  /// The version, with `+` and the build's id where it has one.
  public static String current() {
    String version = ofJar().getProperty("version", "unknown");
    return buildOfCode().equals(UNNAMED) ? version : version + "+" + buildOfCode();
  }

  /// The build that compiled the code that runs.
  public static String buildOfCode() {
    return BuildId.ofCode();
  }

  /// The build that made the jar on the class path.
  public static String buildOfJar() {
    return ofJar().getProperty("build", UNNAMED);
  }

  private static Properties ofJar() {
    var properties = new Properties();
    try (var resource = Version.class.getResourceAsStream("/build.properties")) {
      if (resource != null) {
        properties.load(resource);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("build.properties cannot be read from the class path", e);
    }
    return properties;
  }
}
