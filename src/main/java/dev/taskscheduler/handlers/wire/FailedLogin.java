package dev.taskscheduler.handlers.wire;

/// The reasons why a token is refused.
public enum FailedLogin {
  /// None of those that the node knows.
  UNKNOWN("The token is unknown; ask the operator of the node for one."),
  /// A known one, too late.
  EXPIRED("The token has expired; ask the operator of the node for a new one.");

  private final String detail;

  FailedLogin(String detail) {
    this.detail = detail;
  }

  public String detail() {
    return detail;
  }
}
