package dev.webhookworker.transform;

import dev.webhookworker.NonRetryableException;

/** A rule can't be applied to this payload; names the rule and the path, never a value. */
final class RuleFailure extends NonRetryableException {

  private static final long serialVersionUID = 1L;

  RuleFailure(String rule, String problem) {
    super("transform rule '" + rule + "': " + problem);
  }
}
