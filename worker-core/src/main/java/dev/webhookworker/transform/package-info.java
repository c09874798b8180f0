/** Transformation of payloads by rules; called by {@code GenericProcessor}. */
@NullMarked
package dev.webhookworker.transform;

import org.jspecify.annotations.NullMarked;
