package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.tls.TlsIdentity;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisLogin;
import dev.taskscheduler.redis.RedisTls;
import dev.taskscheduler.redis.RedisTopology;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Reads the address of Redis and the TLS settings for it.
final class RedisSettings {
  private static final String ADDRESS = "REDIS_ADDR";
  private static final String PASSWORD_FILE = "REDIS_PASSWORD_FILE";
  private static final String SENTINEL_USER = "REDIS_SENTINEL_USER";
  private static final String SENTINEL_PASSWORD_FILE = "REDIS_SENTINEL_PASSWORD_FILE";
  private static final String SIGNERS = "REDIS_TLS_CA";
  private static final String CERTIFICATE = "REDIS_TLS_CERT";
  private static final String KEY = "REDIS_TLS_KEY";

  private RedisSettings() {}

  static RedisConfig read(Settings settings) {
    Optional<Supplier<String>> password = settings.text(PASSWORD_FILE, "", SecretFile::readAgain);
    RedisConfig config =
        settings
            .text(
                ADDRESS,
                "localhost:6379",
                address -> RedisConfig.parse(address, password),
                RedisSettings::withoutPassword)
            .sentinelLogin(sentinelLogin(settings));
    if (!(config.topology() instanceof RedisTopology.Sentinel) && settings.valid(ADDRESS)) {
      forSentinelsOnly(settings, config, SENTINEL_USER);
      forSentinelsOnly(settings, config, SENTINEL_PASSWORD_FILE);
    }
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
          "a scheme that begins with rediss, since " + SIGNERS + " or " + CERTIFICATE + " is set");
    }
    return config;
  }

  private static RedisLogin sentinelLogin(Settings settings) {
    Optional<String> user = settings.text(SENTINEL_USER, "", RedisSettings::some);
    Optional<Supplier<String>> password =
        settings.text(SENTINEL_PASSWORD_FILE, "", SecretFile::readAgain);
    if (user.isPresent() && password.isEmpty() && settings.valid(SENTINEL_PASSWORD_FILE)) {
      settings.fault(SENTINEL_PASSWORD_FILE, "", "the file with the password of " + SENTINEL_USER);
    }
    return new RedisLogin(user, password);
  }

  private static Optional<String> some(String text) {
    return Optional.of(text).filter(value -> !value.isEmpty());
  }

  private static void forSentinelsOnly(Settings settings, RedisConfig config, String name) {
    if (settings.text(name, "", RedisSettings::some).isPresent()) {
      settings.fault(
          name, "set", "only with redis-sentinel:// in " + ADDRESS + ", which is " + config);
    }
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
