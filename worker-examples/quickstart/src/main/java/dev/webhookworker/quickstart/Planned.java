package dev.webhookworker.quickstart;

import dev.webhookworker.OutgoingEvent;

/** An event to be published and the end that it should reach. */
record Planned(Provider provider, OutgoingEvent event, Ending expected) {}
