package dev.webhookworker.forward;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * A POST of JSON.
 *
 * @param headers checked: nothing that would break a header
 * @param body not changed by anyone
 * @param timeout for all of it: looking the host up, connecting, sending and the whole answer
 */
public record HttpMessage(URI url, Map<String, String> headers, byte[] body, Duration timeout) {}
