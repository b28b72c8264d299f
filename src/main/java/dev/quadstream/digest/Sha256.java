package dev.quadstream.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits. Not thread-safe. */
public final class Sha256 {

  private final MessageDigest digest;

  /** Of nothing so far. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  /** The digest of these bytes. */
  public static String of(byte[] bytes) {
    Sha256 sha256 = new Sha256();
    sha256.update(bytes, bytes.length);
    return sha256.hex();
  }

  /** Takes up the first {@code length} bytes of a buffer. */
  public void update(byte[] buffer, int length) {
    update(buffer, 0, length);
  }

  /** Takes up {@code length} bytes of a buffer from {@code offset} on. */
  public void update(byte[] buffer, int offset, int length) {
    digest.update(buffer, offset, length);
  }

  /** The digest of all that was taken up, which then begins anew. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
