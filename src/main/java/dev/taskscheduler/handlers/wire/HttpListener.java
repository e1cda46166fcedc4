package dev.taskscheduler.handlers.wire;

/// Receives the events of the HTTP server, for metrics. Called for every request: must be quick.
public interface HttpListener {
  /// A request was answered.
  ///
  /// @param route the path as the API document writes it, or `other`: never what a client made up
  /// @param status the answer's; 499 if the client or the deadline cut the request off before one
  /// @param nanos from the end of the request's headers to the answer's last byte
  void answered(String route, int status, long nanos);

  /// A token came that is not taken.
  default void loginFailed(FailedLogin why) {}
}
