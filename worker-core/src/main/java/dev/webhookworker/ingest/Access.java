package dev.webhookworker.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.signature.Authentication;
import dev.webhookworker.signature.AuthenticationReader;
import dev.webhookworker.spi.ToolConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may send to a tool.
 *
 * @param authentication null when anyone may
 */
record Access(@Nullable Authentication authentication, List<AddressBlock> allowed) {

  /**
   * @throws IllegalArgumentException when the configuration can't be used
   */
  static Access of(ToolConfig tool, AuthenticationReader authentications) {
    Authentication authentication = authentications.read(tool).orElse(null);
    if (authentication == null && !AuthenticationReader.isOpen(tool)) {
      throw new IllegalArgumentException(
          "webhook_config needs an auth_type; none, if anyone may send it events");
    }
    List<AddressBlock> allowed = new ArrayList<>();
    JsonNode webhook = tool.webhookConfig();
    if (webhook != null) {
      JsonNode blocks = webhook.path("ip_whitelist");
      if (blocks.isArray() && blocks.isEmpty()) {
        throw new IllegalArgumentException("its ip_whitelist is empty, which lets nobody send");
      }
      blocks.forEach(block -> allowed.add(AddressBlock.parse(block.asText())));
    }
    return new Access(authentication, List.copyOf(allowed));
  }

  boolean allows(Optional<InetAddress> client) {
    return allowed.isEmpty()
        || (client.isPresent() && AddressBlock.anyContains(allowed, client.get()));
  }
}
