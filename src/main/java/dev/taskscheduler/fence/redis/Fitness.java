package dev.taskscheduler.fence.redis;

import dev.taskscheduler.fence.FenceException;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Says whether a Redis may be led on, and what a person must change where it may not.
final class Fitness {
  private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.(\\d{1,6}).*");
  private static final int[] OLDEST = {6, 2};

  private final Redis redis;

  Fitness(Redis redis) {
    this.redis = redis;
  }

  /// @throws FenceException.Unfit where this Redis is too old or may drop keys
  void check() {
    String version = redis.info("server").field("redis_version").orElse("");
    if (tooOld(version)) {
      throw new FenceException.Unfit(
          at("is of version '" + version + "', and 6.2 or newer is needed: upgrade it"));
    }
    String policy = redis.info("memory").field("maxmemory_policy").orElse("unknown");
    if (!policy.equals("noeviction")) {
      throw new FenceException.Unfit(
          at(
              "may drop tasks when it is full (maxmemory-policy is "
                  + policy
                  + "): CONFIG SET maxmemory-policy noeviction, and the same in redis.conf"));
    }
  }

  /// Whether a version is older than 6.2, or none that can be read.
  static boolean tooOld(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      return true;
    }
    int major = Integer.parseInt(matcher.group(1));
    int minor = Integer.parseInt(matcher.group(2));
    return major < OLDEST[0] || (major == OLDEST[0] && minor < OLDEST[1]);
  }

  /// What an error reply means for whoever leads or wants to.
  FenceException refusal(String operation, RedisException.Refused e) {
    String message = String.valueOf(e.getMessage());
    String advice =
        switch (e.code()) {
          case "NOAUTH" ->
              "asks for a password: give it in REDIS_ADDR, redis://user:password@host:port";
          case "WRONGPASS" -> "does not know the user or password in REDIS_ADDR: correct them";
          case "NOPERM" ->
              "forbids this user a command or key: allow it EVAL, EVALSHA, INFO, TIME, PUBLISH,"
                  + " SUBSCRIBE, and reading and writing the keys and channels of the namespace";
          case "READONLY" -> "is a replica: REDIS_ADDR must name the primary";
          case "MISCONF" ->
              "cannot write to its disk and takes no writes: free the disk or repair its rights";
          case "OOM" -> "is full: raise its maxmemory";
          case "WRONGTYPE" ->
              "holds something else under the key of the fence: use another namespace";
          case "MOVED" ->
              "is a node of a cluster that keeps this namespace elsewhere: REDIS_ADDR must name that"
                  + " node";
          default -> "";
        };
    if (advice.isEmpty()) {
      return new FenceException.Unavailable(at("refused " + operation + " for now: " + message), e);
    }
    // The rest of the reply differs from script to script, and only NOPERM says anything more.
    return new FenceException.Unfit(
        at(advice + " (" + (e.code().equals("NOPERM") ? message : e.code()) + ")"));
  }

  private String at(String what) {
    return "Redis at " + redis + " " + what;
  }
}
