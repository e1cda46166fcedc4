package dev.taskscheduler.runner.http;

/// The categories of outcomes of a request, for metrics.
public enum ResponseCategory {
  SUCCESS("2xx"),
  REDIRECTION("3xx"),
  CLIENT_ERROR("4xx"),
  SERVER_ERROR("5xx"),
  /// A status of no known class.
  OTHER("other"),
  /// No complete response in time; the target may or may not have done the work.
  NONE("none"),
  /// The target is refused: no request was sent.
  REFUSED("refused");

  private final String wire;

  ResponseCategory(String wire) {
    this.wire = wire;
  }

  /// As metrics write it.
  public String wire() {
    return wire;
  }

  static ResponseCategory of(int status) {
    return switch (status / 100) {
      case 2 -> SUCCESS;
      case 3 -> REDIRECTION;
      case 4 -> CLIENT_ERROR;
      case 5 -> SERVER_ERROR;
      default -> OTHER;
    };
  }
}
