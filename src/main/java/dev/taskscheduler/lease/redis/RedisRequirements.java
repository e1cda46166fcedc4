package dev.taskscheduler.lease.redis;

import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import java.util.Set;

/// Checks whether a Redis is fit for a leader, and says what a person must change if it is not.
final class RedisRequirements {
  /// Errors of a server that is not the primary any more, where the new one is asked for.
  private static final Set<String> PASSING = Set.of("READONLY", "MOVED");

  private final Redis redis;

  RedisRequirements(Redis redis) {
    this.redis = redis;
  }

  /// The error for a Redis that is too old.
  ///
  /// @param version as the server states it; empty where it does not
  LeaseException.Unfit tooOld(String version) {
    return new LeaseException.Unfit(
        at("is of version '" + version + "', and 6.2 or newer is needed: upgrade it"));
  }

  /// The error for a Redis that may drop tasks.
  LeaseException.Unfit mayEvict(String policy) {
    return new LeaseException.Unfit(
        at(
            ("may drop tasks when it is full (maxmemory-policy is %s): CONFIG SET "
                    + "maxmemory-policy noeviction, and the same in redis.conf")
                .formatted(policy)));
  }

  /// The error for a Redis whose restart nobody could notice.
  LeaseException.Unfit hidesItsRunId() {
    return new LeaseException.Unfit(
        at(
            "does not tell its run_id in INFO server, by which a leader notices a restart: let the"
                + " service show it, or use another Redis"));
  }

  /// A right that the Redis user lacks.
  LeaseException.Unfit missing(String right) {
    return new LeaseException.Unfit(
        at("forbids this user " + right + ": docs/operations.md has all that it needs"));
  }

  /// What an error reply means for whoever leads or wants to.
  ///
  /// @param code of the reply
  LeaseException refusal(String operation, String code, RedisException e) {
    String message = String.valueOf(e.getMessage());
    String advice =
        switch (code) {
          case "NOAUTH" ->
              "asks for a password: give it in REDIS_PASSWORD_FILE, or in REDIS_ADDR,"
                  + " redis://user:password@host:port";
          case "WRONGPASS" ->
              "does not know the user or password in REDIS_ADDR or REDIS_PASSWORD_FILE:"
                  + " correct them";
          case "NOPERM" ->
              "forbids this user a command, a key or a channel: docs/operations.md has all that it"
                  + " needs";
          case "READONLY" -> "is a replica: REDIS_ADDR must name the primary";
          case "MISCONF" ->
              "cannot write to its disk and takes no writes: free the disk or repair its rights";
          case "OOM" -> "is full: raise its maxmemory";
          case "WRONGTYPE" ->
              "holds something else under the key of the lease: use another namespace";
          case "MOVED" ->
              "is a node of a Cluster that keeps this namespace elsewhere: REDIS_ADDR must begin with"
                  + " redis-cluster://";
          default -> "";
        };
    boolean passes = redis.asksForPrimary() && PASSING.contains(code);
    if (advice.isEmpty() || passes) {
      return new LeaseException.Unavailable(at("refused " + operation + " for now: " + message), e);
    }
    // The rest of the reply differs from script to script, and only NOPERM says anything more.
    return new LeaseException.Unfit(
        at(advice + " (" + (code.equals("NOPERM") ? message : code) + ")"));
  }

  private String at(String what) {
    return "Redis at " + redis + " " + what;
  }
}
