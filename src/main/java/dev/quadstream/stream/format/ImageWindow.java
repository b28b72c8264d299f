package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;
import java.util.List;

/**
 * The content of one closed window of a shard.
 *
 * @param shard the shard
 * @param window its number in the shard, from 0, or −1 until the assembler has numbered it
 * @param events arrivals and removals, in order
 * @param collectNanos time that it took to collect them when the window closed
 */
public record ImageWindow(int shard, long window, List<ImageEvent> events, long collectNanos) {

  /** The same window with its number. */
  public ImageWindow numbered(long number) {
    return new ImageWindow(shard, number, events, collectNanos);
  }

  /** The time that its images took to decode. */
  public long decodeNanos() {
    return events.stream().mapToLong(ImageEvent::decodeNanos).sum();
  }
}
