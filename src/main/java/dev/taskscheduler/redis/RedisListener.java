package dev.taskscheduler.redis;

/// Receives the events of Redis calls, for metrics. Called by many threads: must be quick.
public interface RedisListener {
  /// Tells nobody.
  RedisListener NONE = (script, nanos, failed) -> {};

  /// A round trip ended.
  ///
  /// @param script its name, such as `submit`
  /// @param nanos from before the connection was borrowed to the answer
  /// @param failed whether it had no answer, or an error
  void roundTrip(String script, long nanos, boolean failed);
}
