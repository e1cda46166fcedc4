package dev.taskscheduler.conf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The version of this program, as the build wrote it down, and which build it is.
final class Version {
  static final String UNNAMED = "dev";

  private Version() {}

  /// The version, with `+` and the build's id where it has one.
  static String current() {
    String version = ofJar().getProperty("version", "unknown");
    return BuildId.ofCode().equals(UNNAMED) ? version : version + "+" + BuildId.ofCode();
  }

  /// JDK 25 does not compare an AOT cache with the jars: after another jar took their place it runs
  /// the old code without a word. What is in the code and what lies beside it in the jar tells.
  static void check(Settings settings) {
    check(settings, BuildId.ofCode(), ofJar().getProperty("build", UNNAMED));
  }

  static void check(Settings settings, String ofCode, String ofJar) {
    if (!ofCode.equals(ofJar)) {
      settings.fault(
          "-XX:AOTCache", "code of build " + ofCode, "a cache made of these jars, build " + ofJar);
    }
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
