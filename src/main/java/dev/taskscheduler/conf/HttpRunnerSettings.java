package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.files.SmallFile;
import dev.taskscheduler.runner.http.HostAllowlist;
import dev.taskscheduler.runner.http.HttpRunnerConfig;
import dev.taskscheduler.runner.http.SigningKeyRing;

/// Reads the settings of the HTTP runner.
final class HttpRunnerSettings {
  private static final String KEYS = "HTTP_SIGNING_KEYS";
  private static final String KEYS_FILE = "HTTP_SIGNING_KEYS_FILE";

  private HttpRunnerSettings() {}

  static HttpRunnerConfig read(Settings settings) {
    return new HttpRunnerConfig(
        settings.duration("HTTP_CONNECT_TIMEOUT", "5s", "100ms", "1m"),
        settings.duration("HTTP_TIMEOUT", "30s", "100ms", "24h"),
        settings.size("HTTP_MAX_RESPONSE_BYTES", 64 << 10, 0, 1 << 20),
        settings.text("HTTP_ALLOWED_HOSTS", "", HostAllowlist::parse),
        settings.text("HTTP_ALLOW_PRIVATE", "", HostAllowlist::parse),
        keys(settings));
  }

  private static SigningKeyRing keys(Settings settings) {
    SigningKeyRing inVariable = settings.text(KEYS, "", SigningKeyRing::parse, _ -> "***");
    SigningKeyRing inFile = settings.text(KEYS_FILE, "", HttpRunnerSettings::read);
    if (inVariable.isEmpty()) {
      return inFile;
    }
    if (!inFile.isEmpty()) {
      settings.fault(KEYS_FILE, "set", "unset where " + KEYS + " is set: one of them");
    }
    return inVariable;
  }

  private static SigningKeyRing read(String path) {
    if (path.isEmpty()) {
      return SigningKeyRing.NONE;
    }
    SigningKeyRing keys =
        switch (SmallFile.read(Settings.toPath(path))) {
          case SmallFile.Content content -> SigningKeyRing.parse(content.text());
          case SmallFile.Unreadable unreadable ->
              throw new IllegalArgumentException(
                  "a file that this process can read; " + unreadable.why());
        };
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a file with a key in it");
    }
    return keys;
  }
}
