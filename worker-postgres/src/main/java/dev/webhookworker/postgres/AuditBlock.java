package dev.webhookworker.postgres;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sealed run of a day's audit rows in the order of their ids.
 *
 * @param number from 1, without gaps in its day
 * @param hash SHA-256 over the hash of the block before (nothing for the first) and those of the
 *     rows
 * @param rowDigests per row its id and the first 8 bytes of its hash, to name the row that differs
 */
record AuditBlock(
    LocalDate day,
    int number,
    long firstId,
    long lastId,
    int count,
    byte[] hash,
    byte[] rowDigests) {

  private static final int PER_ROW = 16;

  /** Seals rows of one day; at least one. */
  static AuditBlock of(LocalDate day, int number, byte[] previousHash, List<AuditRow> rows) {
    ByteBuffer digests = ByteBuffer.allocate(rows.size() * PER_ROW);
    for (AuditRow row : rows) {
      digests.putLong(row.id()).put(row.hash(), 0, PER_ROW - Long.BYTES);
    }
    return new AuditBlock(
        day,
        number,
        rows.get(0).id(),
        rows.get(rows.size() - 1).id(),
        rows.size(),
        chained(previousHash, rows),
        digests.array());
  }

  static byte[] chained(byte[] previousHash, List<AuditRow> rows) {
    MessageDigest all = AuditRow.sha256();
    all.update(previousHash);
    rows.forEach(row -> all.update(row.hash()));
    return all.digest();
  }

  /** The short digests by row id, in order. */
  Map<Long, Long> digestsById() {
    Map<Long, Long> byId = new LinkedHashMap<>();
    ByteBuffer digests = ByteBuffer.wrap(rowDigests);
    while (digests.remaining() >= PER_ROW) {
      byId.put(digests.getLong(), digests.getLong());
    }
    return byId;
  }

  static long shortDigest(AuditRow row) {
    return ByteBuffer.wrap(row.hash()).getLong();
  }
}
