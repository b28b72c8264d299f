package dev.quadstream.serve.state;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What came last by the id of its image, as it came, in a bounded number of bytes. Thread-safe. */
public final class NewestBytes {

  private final long maxBytes;
  private final Map<String, byte[]> newest = new LinkedHashMap<>();
  private long bytes;

  public NewestBytes(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  public synchronized void put(String id, byte[] value) {
    remove(id);
    newest.put(id, value);
    bytes += value.length;
    Iterator<byte[]> oldest = newest.values().iterator();
    while (bytes > maxBytes) {
      bytes -= oldest.next().length;
      oldest.remove();
    }
  }

  public synchronized void remove(String id) {
    byte[] gone = newest.remove(id);
    if (gone != null) {
      bytes -= gone.length;
    }
  }

  public synchronized boolean contains(String id) {
    return newest.containsKey(id);
  }

  public synchronized Optional<byte[]> get(String id) {
    return Optional.ofNullable(newest.get(id));
  }
}
