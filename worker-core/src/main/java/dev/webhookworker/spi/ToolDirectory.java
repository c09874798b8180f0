package dev.webhookworker.spi;

import java.util.Optional;

/** Which tool an ingest path belongs to. Called for every request: cache what is costly. */
@FunctionalInterface
public interface ToolDirectory {

  /**
   * The tool whose {@code endpoint_path} is that path; empty when there is none.
   *
   * @param path decoded, without the query
   * @throws Exception when it can't be told now; the sender is asked to come again
   */
  Optional<ToolConfig> byPath(String path) throws Exception;
}
