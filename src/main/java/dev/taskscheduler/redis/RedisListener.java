package dev.taskscheduler.redis;

/// Receives the duration of each Redis call, for metrics. Called by many threads; must return
/// quickly.
public interface RedisListener {
  /// Ignores all calls.
  RedisListener NONE = (script, nanos, failed) -> {};

  /// A round trip ended.
  ///
  /// @param script its name, such as `submit`
  /// @param nanos from borrowing the connection to the reply
  /// @param failed whether there was an error or no reply
  void roundTrip(String script, long nanos, boolean failed);
}
