package dev.webhookworker.ops;

/** A request that is answered with an error. */
final class ApiProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final int retryAfterSeconds;

  private ApiProblem(int status, String code, String message, int retryAfterSeconds) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static ApiProblem of(int status, String code, String message) {
    return new ApiProblem(status, code, message, 0);
  }

  static ApiProblem badRequest(String message) {
    return of(400, "bad_request", message);
  }

  static ApiProblem notFound(String message) {
    return of(404, "not_found", message);
  }

  static ApiProblem conflict(String message) {
    return of(409, "conflict", message);
  }

  static ApiProblem later(int status, String code, String message, int seconds) {
    return new ApiProblem(status, code, message, seconds);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /** 0 for no header. */
  int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
