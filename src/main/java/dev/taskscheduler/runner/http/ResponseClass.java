package dev.taskscheduler.runner.http;

/// The meaning of a status code for the attempt.
enum ResponseClass {
  SUCCESS,
  /// Another attempt may succeed.
  RETRYABLE,
  /// Another attempt may succeed, and `Retry-After` may say when.
  BUSY,
  /// Another attempt would fail too.
  PERMANENT;

  /// 408 and 425 ask for the same request again. So does 409, while another request with the same
  /// `Idempotency-Key` is in progress (draft-ietf-httpapi-idempotency-key-header, section 2.6).
  static ResponseClass of(int status) {
    return switch (status) {
      case 429, 503 -> BUSY;
      case 408, 409, 425 -> RETRYABLE;
      default -> status >= 200 && status < 300 ? SUCCESS : status >= 500 ? RETRYABLE : PERMANENT;
    };
  }
}
