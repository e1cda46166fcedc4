package dev.taskscheduler.task.redis;

import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.task.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/// Translates failures of Redis into exceptions of the task package, with what to do about them.
final class StoreExceptions {
  private StoreExceptions() {}

  static <T> CompletableFuture<T> translated(String operation, CompletableFuture<T> answer) {
    return answer.exceptionallyCompose(
        e -> CompletableFuture.failedFuture(translate(operation, e)));
  }

  static <T> T await(String operation, CompletableFuture<T> answer) {
    return StoreException.await(translated(operation, answer));
  }

  /// Calls Redis on the caller's own thread, which nobody interrupts.
  static <T> T blocking(String operation, Supplier<T> call) {
    try {
      return call.get();
    } catch (RedisException e) {
      throw translate(operation, e);
    }
  }

  static StoreException translate(String operation, Throwable failure) {
    return switch (failure) {
      case CompletionException e when e.getCause() != null -> translate(operation, e.getCause());
      case StoreException e -> e;
      case RedisException.Refused e when e.code().equals("FENCED") ->
          new StoreException.Fenced(operation + ": another leader holds the lease");
      case RedisException.Refused e ->
          new StoreException.Refused(operation + ": " + advice(e.code(), e), e);
      case RedisException.Raised e ->
          new StoreException.Unavailable(
              operation
                  + ": the script was stopped and may have written a part: "
                  + advice(e.code(), e),
              e);
      case RedisException.Unreachable e ->
          new StoreException.Refused(operation + ": " + e.getMessage(), e);
      case RedisException.Unknown e ->
          new StoreException.Unavailable(operation + ": " + e.getMessage(), e);
      case RejectedExecutionException e ->
          new StoreException.Refused(operation + ": this node is too busy, " + e.getMessage(), e);
      default -> new StoreException.Unavailable(operation + " failed: " + failure, failure);
    };
  }

  /// A message for people from an error reply.
  static String advice(String code, RedisException e) {
    return switch (code) {
      case "OOM" ->
          "Redis is full (maxmemory): give it more memory, or wait until tasks are removed";
      case "MISCONF" ->
          "Redis cannot write to its disk (MISCONF): free some space, see the log of Redis";
      case "READONLY" -> "this Redis is a replica: REDIS_ADDR must name the primary";
      case "LOADING" -> "Redis is still loading its data";
      case "MASTERDOWN" -> "this Redis is a replica that has lost its primary";
      case "MOVED", "ASK", "TRYAGAIN" ->
          "the slot of this namespace is moving to another node of the Redis Cluster (to follow it,"
              + " REDIS_ADDR must begin with redis-cluster://)";
      case "CLUSTERDOWN" -> "the Redis Cluster does not serve the slot of this namespace now";
      case "BUSY", "UNKILLABLE" -> "Redis is busy with a script that does not end";
      case "NOAUTH", "WRONGPASS" ->
          "Redis refuses the login: check the user and password in REDIS_ADDR (%s)"
              .formatted(e.getMessage());
      case "NOPERM" ->
          "the ACL of Redis lacks a right for this user (docs/operations.md lists them all): "
              + e.getMessage();
      case "FORMAT" -> String.valueOf(e.getMessage()).replaceFirst("^.*?FORMAT ", "");
      default -> String.valueOf(e.getMessage());
    };
  }
}
