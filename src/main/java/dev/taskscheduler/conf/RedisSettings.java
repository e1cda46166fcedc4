package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.tls.TlsIdentity;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisTls;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Reads the address of Redis and the TLS settings for it.
final class RedisSettings {
  private static final String ADDRESS = "REDIS_ADDR";
  private static final String PASSWORD_FILE = "REDIS_PASSWORD_FILE";
  private static final String SIGNERS = "REDIS_TLS_CA";
  private static final String CERTIFICATE = "REDIS_TLS_CERT";
  private static final String KEY = "REDIS_TLS_KEY";

  private RedisSettings() {}

  static RedisConfig read(Settings settings) {
    Optional<String> password = settings.text(PASSWORD_FILE, "", SecretFile::read);
    RedisConfig config =
        settings.text(
            ADDRESS,
            "localhost:6379",
            address -> RedisConfig.parse(address, password),
            RedisSettings::withoutPassword);
    Optional<Path> signers = settings.file(SIGNERS);
    Optional<TlsIdentity.Valid> identity = AccessSettings.identity(settings, CERTIFICATE, KEY);
    List<X509Certificate> trusted = signers.map(file -> signers(settings, file)).orElse(List.of());
    if (config.tls().isPresent()) {
      return config.tls(
          new RedisTls(
              trusted, identity.map(own -> new RedisTls.Identity(own.chain(), own.key()))));
    }
    if ((signers.isPresent() || identity.isPresent()) && settings.valid(ADDRESS)) {
      settings.fault(
          ADDRESS,
          config.toString(),
          "rediss://..., since " + SIGNERS + " or " + CERTIFICATE + " is set");
    }
    return config;
  }

  private static List<X509Certificate> signers(Settings settings, Path file) {
    TlsIdentity.Signers read = TlsIdentity.readSigners(file);
    AccessSettings.faults(settings, SIGNERS, read.faults());
    return read.certificates();
  }

  /// A Redis address without a possible password: the part before the last `@` is hidden, and all
  /// of a URI without `@`.
  private static String withoutPassword(String address) {
    int at = address.lastIndexOf('@');
    int scheme = address.indexOf("://");
    if (at >= 0) {
      return (scheme >= 0 && scheme < at ? address.substring(0, scheme + 3) : "")
          + "***"
          + address.substring(at);
    }
    return scheme >= 0 ? address.substring(0, scheme + 3) + "..." : address;
  }
}
