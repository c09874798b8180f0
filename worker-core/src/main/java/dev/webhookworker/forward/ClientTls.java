package dev.webhookworker.forward;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhookworker.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How the worker proves itself to a destination, and whom it trusts there.
 *
 * @param certificate PEM, the client's first; null for no client certificate
 * @param privateKey PEM, PKCS #8 unencrypted; null exactly when there is no certificate
 * @param authority PEM of the authorities that are trusted; null for those of the platform
 */
public record ClientTls(
    @Nullable Secret certificate, @Nullable Secret privateKey, @Nullable Secret authority) {

  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "EdDSA");
  private static final char[] NO_PASSWORD = new char[0];

  static ClientTls fromJson(JsonNode json) {
    ClientTls tls =
        new ClientTls(secret(json, "certificate"), secret(json, "private_key"), secret(json, "ca"));
    if ((tls.certificate == null) != (tls.privateKey == null)
        || (tls.certificate == null && tls.authority == null)) {
      throw new IllegalArgumentException(
          "needs 'certificate' and 'private_key', or 'ca', or all three, each as PEM");
    }
    return tls;
  }

  private static @Nullable Secret secret(JsonNode json, String field) {
    String text = json.path(field).textValue();
    return text == null ? null : Secret.of(text);
  }

  /**
   * @throws IllegalArgumentException when certificates or key can't be used; shows neither
   */
  public SSLContext sslContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException unusable) {
      throw new IllegalArgumentException(
          "certificates or key can't be used; expected PEM, the key as BEGIN PRIVATE KEY (PKCS #8,"
              + " not encrypted) that belongs to the certificate");
    }
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
    if (certificate == null || privateKey == null) {
      return null;
    }
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        key(privateKey.reveal()),
        NO_PASSWORD,
        certificates(certificate.reveal()).toArray(new Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
    if (authority == null) {
      return null;
    }
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate trusted : certificates(authority.reveal())) {
      store.setCertificateEntry("ca" + number++, trusted);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(String pem)
      throws GeneralSecurityException {
    Collection<? extends Certificate> certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("no certificate");
    }
    return certificates;
  }

  private static PrivateKey key(String pem) throws GeneralSecurityException {
    String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    byte[] encoded = Base64.getDecoder().decode(base64);
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (GeneralSecurityException anotherKind) {
        // The next one.
      }
    }
    throw new GeneralSecurityException("no key of the kinds " + KEY_ALGORITHMS);
  }
}
