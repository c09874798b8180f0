package dev.webhookworker.dispatch;

import dev.webhookworker.pipeline.Conclusion;

/** An event whose run is over, on its way to the settler. */
record Finished(HeldEvent held, Conclusion conclusion) {}
