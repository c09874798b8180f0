package dev.webhookworker.benchmark;

/** Bodies like a small push event, of about the given size. */
final class Payloads {

  private final String tail;

  Payloads(int bytes) {
    StringBuilder commits = new StringBuilder();
    for (int i = 0; commits.length() < bytes - 230; i++) {
      commits
          .append(i == 0 ? "" : ",")
          .append("{\"id\":\"5f2b1c")
          .append(i)
          .append("\",\"message\":\"Mend the build\",\"distinct\":true,\"author\":\"ada\"}");
    }
    tail =
        ",\"ref\":\"refs/heads/main\",\"repository\":{\"id\":1296269,\"full_name\":\"octo/hello\","
            + "\"private\":false},\"sender\":{\"login\":\"ada\",\"id\":1},\"commits\":["
            + commits
            + "]}";
  }

  /** The body of the event of that number. */
  String of(int number) {
    return "{\"number\":" + number + tail;
  }

  /** The body of an event that tells when it was made. */
  String sentNow(int number) {
    return "{\"number\":" + number + ",\"sent\":" + Latencies.now() + tail;
  }
}
