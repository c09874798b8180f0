/**
 * What the providers' payloads have in common: {@code Provider} says where each keeps it, {@code
 * Normaliser} reads it. Called through {@code Envelope.of}, never by the pipeline itself.
 */
@NullMarked
package dev.webhookworker.normalize;

import org.jspecify.annotations.NullMarked;
