package dev.taskscheduler.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads the URIs of Redis without [java.net.URI], which accepts neither a host with an underscore
/// nor a list of hosts. Its messages never repeat a part before an `@`.
final class RedisUri {
  /// The part up to the last `@` is user and password.
  private static final Pattern FORM =
      Pattern.compile("([^:/]*)://(?:(.*)@)?([^@/?#]*)(/[^@?#]*)?", Pattern.DOTALL);

  private static final Pattern ENCODED =
      Pattern.compile("(?:[^\\s/?#@\\[\\]%\\p{Cntrl}]|%[0-9a-fA-F]{2})*");
  private static final Pattern PRIMARY =
      Pattern.compile("/([A-Za-z0-9._-]{1,128})(/(?:\\d{1,3})?)?");
  private static final String ENDING = ", without query or fragment";
  private static final int MOST_ADDRESSES = 32;
  private static final int REDIS_PORT = 6379;
  private static final int SENTINEL_PORT = 26379;

  /// The kinds of addresses, by the scheme without TLS; `rediss` for `redis` is the one with TLS.
  private enum Kind {
    REDIS("redis", "redis://user:password@host:6379/0"),
    SENTINEL("redis-sentinel", "redis-sentinel://user:password@host1:26379,host2:26379/mymaster"),
    CLUSTER("redis-cluster", "redis-cluster://user:password@host1:6379,host2:6379");

    private final String scheme;
    private final String example;

    Kind(String scheme, String example) {
      this.scheme = scheme;
      this.example = example;
    }
  }

  private final Optional<Supplier<String>> filePassword;

  private RedisUri(Optional<Supplier<String>> filePassword) {
    this.filePassword = filePassword;
  }

  /// @param filePassword the password from a file; the URI then has only a user
  /// @throws IllegalArgumentException that says what is allowed
  static RedisConfig parse(String text, Optional<Supplier<String>> filePassword) {
    Matcher uri = FORM.matcher(text);
    if (!uri.matches()) {
      throw new IllegalArgumentException("a URI such as " + Kind.REDIS.example + ENDING);
    }
    return new RedisUri(filePassword).read(uri);
  }

  private RedisConfig read(Matcher uri) {
    String scheme = uri.group(1).toLowerCase(Locale.ROOT);
    boolean tls = scheme.startsWith("rediss");
    String plain = tls ? scheme.replaceFirst("rediss", "redis") : scheme;
    Kind kind =
        Stream.of(Kind.values())
            .filter(one -> one.scheme.equals(plain))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "the scheme redis://, redis-sentinel:// or redis-cluster://, or with TLS"
                        + " rediss://, rediss-sentinel:// or rediss-cluster://; was "
                        + uri.group(1)
                        + "://"));
    RedisLogin login = uri.group(2) == null ? login(Optional.empty()) : login(uri.group(2), kind);
    String path = uri.group(4) == null ? "" : uri.group(4);
    List<RedisAddress> hosts = addresses(uri.group(3), kind);
    Optional<RedisTls> encrypted = tls ? Optional.of(RedisTls.DEFAULT) : Optional.empty();
    return switch (kind) {
      case REDIS ->
          new RedisConfig(
              new RedisTopology.Single(hosts.getFirst()), login, database(path), encrypted);
      case SENTINEL -> {
        Matcher primary = PRIMARY.matcher(path);
        if (!primary.matches()) {
          throw new IllegalArgumentException(
              "the name of the primary after the slash, as the Sentinels know it: " + kind.example);
        }
        yield new RedisConfig(
            new RedisTopology.Sentinel(hosts, primary.group(1), RedisLogin.NONE),
            login,
            database(primary.group(2) == null ? "" : primary.group(2)),
            encrypted);
      }
      case CLUSTER -> {
        if (database(path) != 0) {
          throw new IllegalArgumentException(
              "no database, since a Redis Cluster has only 0: " + kind.example);
        }
        yield new RedisConfig(new RedisTopology.Cluster(hosts), login, 0, encrypted);
      }
    };
  }

  private static List<RedisAddress> addresses(String text, Kind kind) {
    String[] parts = text.split(",", -1);
    if (kind == Kind.REDIS && parts.length > 1) {
      throw new IllegalArgumentException(
          "one host; for several, redis-sentinel:// or redis-cluster://");
    }
    if (parts.length > MOST_ADDRESSES) {
      throw new IllegalArgumentException(
          "at most " + MOST_ADDRESSES + " hosts, since some of them are enough");
    }
    int port = kind == Kind.SENTINEL ? SENTINEL_PORT : REDIS_PORT;
    String allowed = "a URI such as " + kind.example + ENDING;
    return Stream.of(parts)
        .map(part -> RedisAddress.parse(part, port, allowed))
        .distinct()
        .toList();
  }

  private RedisLogin login(Optional<String> user) {
    return new RedisLogin(user, filePassword);
  }

  private RedisLogin login(String text, Kind kind) {
    if (!ENCODED.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a password, and a user, with each of % / ? # @ [ ] and white space percent-encoded,"
              + " such as %40 for @");
    }
    String[] parts = text.split(":", 2);
    Optional<String> user = Optional.of(decode(parts[0])).filter(name -> !name.isEmpty());
    String password = parts.length < 2 ? "" : decode(parts[1]);
    if (password.isEmpty()) {
      if (user.isPresent() && filePassword.isEmpty()) {
        throw new IllegalArgumentException("a password after the user: " + kind.example);
      }
      return login(user);
    }
    if (filePassword.isPresent()) {
      throw new IllegalArgumentException(
          "no password, since REDIS_PASSWORD_FILE is set: "
              + kind.example.replace(":password@", "@"));
    }
    return new RedisLogin(user, Optional.of(() -> password));
  }

  private static int database(String path) {
    if (path.isEmpty() || path.equals("/")) {
      return 0;
    }
    if (!path.matches("/\\d{1,3}")) {
      throw new IllegalArgumentException("a database number from 0 to 999 after the slash");
    }
    return Integer.parseInt(path.substring(1));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// An address without its login.
  static String show(RedisConfig config) {
    Kind kind =
        switch (config.topology()) {
          case RedisTopology.Single one -> Kind.REDIS;
          case RedisTopology.Sentinel watched -> Kind.SENTINEL;
          case RedisTopology.Cluster many -> Kind.CLUSTER;
        };
    String scheme =
        config.tls().isPresent() ? kind.scheme.replaceFirst("redis", "rediss") : kind.scheme;
    return scheme
        + "://"
        + config.login().user().map(name -> name + "@").orElse("")
        + config.topology()
        + (kind == Kind.CLUSTER ? "" : "/" + config.database());
  }
}
