package dev.quadstream.registry;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What there is to know about a published model: travels on the models topic and lies beside the
 * file as JSON.
 *
 * @param formatVersion the version of this format, {@link #FORMAT_VERSION} when written
 * @param name the network's name: letters, digits, dots, underscores and hyphens, up to 100, not
 *     starting with a dot
 * @param run the run that trained it, written like a name: versions count within a run
 * @param shard the shard that trained it, from 0
 * @param version the windows that it has processed, from 0
 * @param window the window after which it was published
 * @param file where it lies, relative to the registry's directory; empty in a draft
 * @param sha256 of the file, 64 lower-case hexadecimal digits; empty in a draft
 * @param bytes the file's size; 0 in a draft
 * @param configHash identifies the configuration that it was trained with
 * @param createdAt milliseconds since the epoch
 * @param trunk the trunk's name
 * @param metric the metric's name
 * @param embeddingSize the embedding's length
 * @param input the image size as {@code CxHxW}
 * @param alpha1 the first margin at this version, or NaN if unknown
 * @param alpha2 the second margin at this version, or NaN if unknown
 * @param metrics figures by name
 */
public record ModelManifest(
    int formatVersion,
    String name,
    String run,
    int shard,
    long version,
    long window,
    String file,
    String sha256,
    long bytes,
    String configHash,
    long createdAt,
    String trunk,
    String metric,
    int embeddingSize,
    String input,
    double alpha1,
    double alpha2,
    Map<String, Double> metrics) {

  /** The version of this format. Readers refuse a higher one. */
  public static final int FORMAT_VERSION = 1;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

  public ModelManifest {
    requireName(name);
    requireName(run);
    if (shard < 0 || version < 0) {
      throw new IllegalArgumentException(
          "A model's shard and version count from 0, unlike shard %d, version %d."
              .formatted(shard, version));
    }
    file = Objects.requireNonNullElse(file, "");
    sha256 = Objects.requireNonNullElse(sha256, "");
    // Sorted, so that the same manifest is the same bytes; not Map.copyOf, which bars null for NaN.
    metrics =
        Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNullElse(metrics, Map.of())));
  }

  /**
   * Checks the name of a network or a run.
   *
   * @throws IllegalArgumentException naming what a name may consist of
   */
  public static void requireName(String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "A network's name has 1 to 100 letters, digits, dots, underscores and hyphens and does not start with a dot, unlike '%s'."
              .formatted(name));
    }
  }

  /** A manifest of this format for a model that is not published yet. */
  public static ModelManifest draft(
      String name,
      String run,
      int shard,
      long version,
      long window,
      String configHash,
      long createdAt,
      String trunk,
      String metric,
      int embeddingSize,
      String input,
      double alpha1,
      double alpha2,
      Map<String, Double> metrics) {
    return new ModelManifest(
        FORMAT_VERSION,
        name,
        run,
        shard,
        version,
        window,
        "",
        "",
        0,
        configHash,
        createdAt,
        trunk,
        metric,
        embeddingSize,
        input,
        alpha1,
        alpha2,
        metrics);
  }

  /** The same with the file that holds the model. */
  ModelManifest of(String file, String sha256, long bytes) {
    return new ModelManifest(
        formatVersion,
        name,
        run,
        shard,
        version,
        window,
        file,
        sha256,
        bytes,
        configHash,
        createdAt,
        trunk,
        metric,
        embeddingSize,
        input,
        alpha1,
        alpha2,
        metrics);
  }
}
