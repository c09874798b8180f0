package dev.webhookworker.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What one JVM measured of itself.
 *
 * @param seconds from the start of draining to the last acknowledgement
 * @param cpuSeconds of the process in that time, as the operating system counts
 * @param peakRssMib most memory of the process, as the operating system counts
 * @param p50 latency in milliseconds; 0 where none was measured
 * @param p99 latency in milliseconds; 0 where none was measured
 */
record CellResult(
    @JsonProperty("events") int events,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("cpu_seconds") double cpuSeconds,
    @JsonProperty("peak_rss_mib") double peakRssMib,
    @JsonProperty("p50_ms") double p50,
    @JsonProperty("p99_ms") double p99) {

  double rate() {
    return events / seconds;
  }

  double cpuPer100k() {
    return cpuSeconds / events * 100_000;
  }
}
