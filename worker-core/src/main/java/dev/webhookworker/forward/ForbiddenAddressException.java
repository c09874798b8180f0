package dev.webhookworker.forward;

import java.net.UnknownHostException;

/** A destination whose addresses may not be reached; says how to allow them. */
public final class ForbiddenAddressException extends UnknownHostException {

  private static final long serialVersionUID = 1L;

  ForbiddenAddressException(String message) {
    super(message);
  }
}
