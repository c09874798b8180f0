package dev.webhookworker.pipeline;

/**
 * Something that a run did, for the audit log.
 *
 * @param action of a bounded set
 * @param detail short, without anything of a payload
 * @param answer what another service said, redacted; may quote the payload; empty when nothing
 */
public record Note(String action, String detail, String answer) {

  private static final String SAID = "; it said: ";

  Note withoutAnswer() {
    return new Note(action, detail, "");
  }

  /** The text of the audit line. */
  public String text() {
    return answer.isEmpty() ? detail : detail + SAID + answer;
  }

  /** The text of an audit line for somebody who may not see what a payload has. */
  public static String withAnswerMasked(String text) {
    int said = text.indexOf(SAID);
    return said < 0 ? text : text.substring(0, said) + SAID + "***";
  }
}
