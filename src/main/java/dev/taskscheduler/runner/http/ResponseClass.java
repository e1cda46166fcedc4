package dev.taskscheduler.runner.http;

/// The meaning of a status for the attempt.
enum ResponseClass {
  SUCCESS,
  /// Another attempt may go better.
  PASSING,
  /// The same, and the target may have said when.
  BUSY,
  /// Another attempt would be answered the same.
  LASTING;

  /// 408 and 425 ask for the same request again, and so does 409 to a request whose
  /// `Idempotency-Key` is still at work (draft-ietf-httpapi-idempotency-key-header, section 2.6).
  static ResponseClass of(int status) {
    return switch (status) {
      case 429, 503 -> BUSY;
      case 408, 409, 425 -> PASSING;
      default -> status >= 200 && status < 300 ? SUCCESS : status >= 500 ? PASSING : LASTING;
    };
  }
}
