package dev.webhookworker.port;

import java.time.Duration;

/**
 * Which state of which resource an event tells of.
 *
 * @param resource names the resource among all tools' without anything of a payload: a hash in hex
 * @param version digits, as many for every version of a resource, so that the order of the texts is
 *     that of the versions
 * @param kept how long a version that is done is remembered
 */
public record ResourceVersion(String resource, String version, Duration kept) {}
