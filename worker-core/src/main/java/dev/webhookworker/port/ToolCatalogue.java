package dev.webhookworker.port;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The tools of a registry that all workers share. Thread-safe. */
public interface ToolCatalogue {

  /** The tools by id. */
  List<ListedTool> list() throws StoreUnavailableException;

  /**
   * Lets the tool's events wait, in every worker, or run again; leaves an audit line.
   *
   * @return its new version; empty when there is no such tool
   */
  OptionalLong pause(String id, boolean paused, String actor) throws StoreUnavailableException;

  /**
   * A tool without what it holds of secrets.
   *
   * @param status {@code active}, {@code inactive} or {@code disabled}
   * @param version grows with each change
   */
  record ListedTool(
      String id,
      String name,
      String provider,
      @Nullable String tenantId,
      String status,
      boolean paused,
      long version) {}
}
