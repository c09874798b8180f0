package dev.webhookworker.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a limit lets nobody begin now.
 *
 * @param turn when this one's turn is expected; null when that is far away or unknown
 * @param why for logs
 */
record Refusal(@Nullable Duration turn, String why) {}
