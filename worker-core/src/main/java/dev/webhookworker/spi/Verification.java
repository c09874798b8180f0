package dev.webhookworker.spi;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a {@link SignatureVerifier} found. */
public sealed interface Verification {

  /**
   * The request is genuine.
   *
   * @param signedId the sender's id of the message where the signature covers it; else null
   */
  record Valid(@Nullable String signedId) implements Verification {}

  /** The request proves nothing; the reason is for the operator's log, never for the sender. */
  record Invalid(Reason reason) implements Verification {}

  /** Why a request was not accepted. */
  enum Reason {
    /** What has to prove the request is absent, empty or there twice. */
    HEADER_MISSING,
    /** It is there and can't be read. */
    MALFORMED,
    /** It was made with another secret or for another request. */
    MISMATCH,
    /** It is genuine, and older or newer than the tolerance. */
    OUT_OF_TIME;

    /** The name in logs, e.g. {@code out_of_time}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Genuine, without a signed id. */
  static Verification valid() {
    return new Valid(null);
  }

  static Verification invalid(Reason reason) {
    return new Invalid(reason);
  }
}
