/**
 * Proofs that a webhook comes from its tool: a verifier for each provider, the tool's
 * authentication as it is configured, and the check that the pipeline makes. Uses the JDK's
 * cryptography only; called by the pipeline and by the ingest endpoint.
 */
@NullMarked
package dev.webhookworker.signature;

import org.jspecify.annotations.NullMarked;
