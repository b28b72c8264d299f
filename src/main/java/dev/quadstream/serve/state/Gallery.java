package dev.quadstream.serve.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.image.LabeledImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A bounded, class-balanced sample of the stream for people to look at: the classes whose names
 * hash lowest, and of each the images whose ids hash lowest.
 *
 * <p>That is a uniform sample over everything seen so far, whatever the order and the length of the
 * stream; it changes ever more rarely, which keeps the map calm; and a page that is restarted shows
 * the same images again. Thread-safe.
 */
public final class Gallery {

  private final int maxClasses;
  private final int imagesAClass;
  private final TreeMap<Rank, TreeMap<Rank, LabeledImage>> classes = new TreeMap<>();
  private final Map<String, String> labels = new HashMap<>();

  /** A place in the order by hash. */
  private record Rank(long hash, String key) implements Comparable<Rank> {

    static Rank of(String key) {
      CRC32C checksum = new CRC32C();
      checksum.update(key.getBytes(UTF_8));
      return new Rank(checksum.getValue(), key);
    }

    @Override
    public int compareTo(Rank other) {
      int byHash = Long.compare(hash, other.hash);
      return byHash != 0 ? byHash : key.compareTo(other.key);
    }
  }

  /** An empty gallery of the given bounds, each at least 1. */
  public Gallery(int maxClasses, int imagesAClass) {
    this.maxClasses = maxClasses;
    this.imagesAClass = imagesAClass;
  }

  /** Whether an image would be kept, so that others need not be decoded. */
  public synchronized boolean wants(String id, String label) {
    if (labels.containsKey(id)) {
      return true;
    }
    TreeMap<Rank, LabeledImage> images = classes.get(Rank.of(label));
    if (images == null) {
      return classes.size() < maxClasses || Rank.of(label).compareTo(classes.lastKey()) < 0;
    }
    return images.size() < imagesAClass || Rank.of(id).compareTo(images.lastKey()) < 0;
  }

  public synchronized boolean contains(String id) {
    return labels.containsKey(id);
  }

  /** Keeps the image if it is {@link #wants wanted}, in place of an earlier one of its id. */
  public synchronized void offer(LabeledImage image) {
    remove(image.id());
    if (!wants(image.id(), image.label())) {
      return;
    }
    TreeMap<Rank, LabeledImage> images =
        classes.computeIfAbsent(Rank.of(image.label()), rank -> new TreeMap<>());
    images.put(Rank.of(image.id()), image);
    labels.put(image.id(), image.label());
    if (images.size() > imagesAClass) {
      labels.remove(images.pollLastEntry().getValue().id());
    }
    if (classes.size() > maxClasses) {
      classes.pollLastEntry().getValue().values().forEach(gone -> labels.remove(gone.id()));
    }
  }

  /** Forgets an image that was taken back. */
  public synchronized void remove(String id) {
    String label = labels.remove(id);
    if (label == null) {
      return;
    }
    TreeMap<Rank, LabeledImage> images = classes.get(Rank.of(label));
    images.remove(Rank.of(id));
    if (images.isEmpty()) {
      classes.remove(Rank.of(label));
    }
  }

  /** The images, those of a class together. */
  public synchronized List<LabeledImage> images() {
    List<LabeledImage> all = new ArrayList<>();
    classes.values().forEach(images -> all.addAll(images.values()));
    return all;
  }
}
