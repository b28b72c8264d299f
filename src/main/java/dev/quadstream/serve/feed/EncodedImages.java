package dev.quadstream.serve.feed;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The images that came last, encoded as they came, in a bounded number of bytes. Thread-safe. */
public final class EncodedImages {

  private final long maxBytes;
  private final Map<String, byte[]> images = new LinkedHashMap<>();
  private long bytes;

  public EncodedImages(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized void put(String id, byte[] encoded) {
    remove(id);
    images.put(id, encoded);
    bytes += encoded.length;
    Iterator<byte[]> oldest = images.values().iterator();
    while (bytes > maxBytes) {
      bytes -= oldest.next().length;
      oldest.remove();
    }
  }

  synchronized void remove(String id) {
    byte[] gone = images.remove(id);
    if (gone != null) {
      bytes -= gone.length;
    }
  }

  public synchronized boolean contains(String id) {
    return images.containsKey(id);
  }

  public synchronized Optional<byte[]> get(String id) {
    return Optional.ofNullable(images.get(id));
  }
}
