package dev.taskscheduler.handlers.wire;

import java.util.Locale;

/// The reasons why a token is refused.
public enum FailedLogin {
  /// None of those that the node knows.
  UNKNOWN("This node does not know the token; ask its operator for one."),
  /// A known one, too late.
  EXPIRED("The token has expired; ask the node's operator for a new one.");

  private final String detail;

  FailedLogin(String detail) {
    this.detail = detail;
  }

  public String detail() {
    return detail;
  }

  /// As the meters name it.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
