package dev.quadstream.serve.feed;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.ImageRemoved;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.serve.state.Gallery;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Keeps a gallery of what comes by; what the job makes dead letters of is passed over. */
public final class ImageSampler {

  private final Gallery gallery;
  private final ImageRecordParser parser;

  /**
   * A sampler.
   *
   * @param parser as the job has it
   */
  public ImageSampler(Gallery gallery, ImageRecordParser parser) {
    this.gallery = gallery;
    this.parser = parser;
  }

  /** Takes an image in or a removed one out, and returns what the record said. */
  public ParsedRecord take(ConsumerRecord<byte[], byte[]> message, ImageDecoder decoder) {
    ParsedRecord parsed = parser.parse(SourceRecord.of(message));
    if (parsed instanceof ImageRemoved removed) {
      gallery.remove(removed.id());
    } else if (parsed instanceof ImageReceived received
        && received.label() != null
        && gallery.wants(received.id(), received.label())) {
      offer(received, decoder);
    }
    return parsed;
  }

  private void offer(ImageReceived received, ImageDecoder decoder) {
    try {
      gallery.offer(
          new LabeledImage(
              received.id(),
              received.label(),
              received.capturedAt(),
              decoder.decode(received.encoded())));
    } catch (UndecodableImageException e) {
      // An earlier image of that id no longer stands for it.
      gallery.remove(received.id());
    }
  }
}
