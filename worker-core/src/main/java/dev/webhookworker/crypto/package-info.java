/**
 * Encryption of payload fields before they are stored; called by the pipeline, by the settler for
 * dead letters, and by what reads them back. Uses the JDK's AES-GCM.
 */
@NullMarked
package dev.webhookworker.crypto;

import org.jspecify.annotations.NullMarked;
