/**
 * Transformation of payloads by rules: {@code RuleCompiler} makes a rule set into {@code
 * CompiledRules} once, {@code GenericProcessor} applies them to each event. {@code TransformTrial}
 * does the same by hand. Reads nothing but the payload that it is given.
 */
@NullMarked
package dev.webhookworker.transform;

import org.jspecify.annotations.NullMarked;
