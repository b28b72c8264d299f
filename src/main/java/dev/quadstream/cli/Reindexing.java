package dev.quadstream.cli;

import dev.quadstream.image.ImageContent;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.search.ReleaseKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Embeds images by a served model, many at once, and sends what is lacking. Not thread-safe. */
final class Reindexing {

  private static final int IMAGES_AT_ONCE = 512;

  /** Photographs come as they were sent, and so many would be more than the heap has. */
  private static final long BYTES_AT_ONCE = 32 << 20;

  private final ServedModel model;
  private final ImageDecoder decoder;
  private final KnownEmbeddings known;
  private final KafkaImageProducer producer;
  private final List<ImageReceived> collected = new ArrayList<>();
  private long collectedBytes;
  private final AtomicLong unread = new AtomicLong();
  private final AtomicReference<String> firstProblem = new AtomicReference<>();
  private long sent;

  private record Decoded(ImageReceived image, PixelImage pixels) {}

  Reindexing(
      ServedModel model, ImageDecoder decoder, KnownEmbeddings known, KafkaImageProducer producer) {
    this.model = model;
    this.decoder = decoder;
    this.known = known;
    this.producer = producer;
  }

  /** Takes an image up; sooner or later its embedding is sent. */
  void add(ImageReceived image) {
    collected.add(image);
    collectedBytes += image.encoded().length;
    if (collected.size() == IMAGES_AT_ONCE || collectedBytes >= BYTES_AT_ONCE) {
      embed();
    }
  }

  /** Counts an image that could not be read. */
  void unread(String id, String why) {
    unread.incrementAndGet();
    firstProblem.compareAndSet(null, id + ": " + why);
  }

  /** Sends what was taken up, and waits until it is acknowledged. */
  void finish() {
    embed();
    producer.flush();
  }

  private void embed() {
    List<Decoded> decoded =
        collected.parallelStream().map(this::decoded).flatMap(Optional::stream).toList();
    collected.clear();
    collectedBytes = 0;
    List<Optional<ImageContent>> read =
        model.network().readable(decoded.stream().map(Decoded::pixels).toList());
    List<ImageReceived> images = new ArrayList<>();
    for (int row = 0; row < read.size(); row++) {
      ImageReceived image = decoded.get(row).image();
      if (read.get(row).isPresent()) {
        images.add(image);
      } else {
        unread(image.id(), "The backbone makes nothing of it that can be used.");
      }
    }
    float[][] vectors = model.network().embed(read.stream().flatMap(Optional::stream).toList());
    // As late as may be: the job goes on meanwhile, and what it says of an image is newer.
    known.follow();
    for (int row = 0; row < vectors.length; row++) {
      ImageReceived image = images.get(row);
      if (known.lacks(image.id())) {
        producer.send(embedding(image, vectors[row]));
        sent++;
      }
    }
  }

  private Optional<Decoded> decoded(ImageReceived image) {
    try {
      return Optional.of(new Decoded(image, decoder.decode(image.encoded())));
    } catch (UndecodableImageException e) {
      unread(image.id(), e.getMessage());
      return Optional.empty();
    }
  }

  private EmbeddingMessage embedding(ImageReceived image, float[] vector) {
    ReleaseKey release = model.release();
    return new EmbeddingMessage(
        release.run(),
        image.id(),
        known.labelOf(image.id(), image.label()),
        release.release(),
        release.release(),
        known.windowOf(image.id()),
        vector);
  }

  /** Embeddings sent so far. */
  long sent() {
    return sent;
  }

  /** Images that could not be read so far. */
  long unread() {
    return unread.get();
  }

  /** What was wrong with the first of them, or null. */
  String firstProblem() {
    return firstProblem.get();
  }
}
