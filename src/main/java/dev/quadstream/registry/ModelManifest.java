package dev.quadstream.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What there is to know about a published model: travels on the models topic and lies beside the
 * file as JSON, with the fields of all parts side by side.
 *
 * @param formatVersion the version of this format, {@link #FORMAT_VERSION} when written
 * @param identity which model it is
 * @param window the window after which it was published
 * @param file where it lies; {@link File#NONE} in a draft
 * @param createdAt milliseconds since the epoch
 * @param network what was trained
 * @param margins those at this version
 * @param metrics figures by name
 * @param release which version is live as of this one; null where the program had no releases
 * @param job Flink's id of the job that published it: a run that was set back to an older state
 *     goes on in another one; null where the program did not say
 */
public record ModelManifest(
    int formatVersion,
    @JsonUnwrapped Identity identity,
    long window,
    @JsonUnwrapped File file,
    long createdAt,
    @JsonUnwrapped Network network,
    @JsonUnwrapped Margins margins,
    Map<String, Double> metrics,
    @JsonInclude(JsonInclude.Include.NON_NULL) ReleaseDecision release,
    @JsonInclude(JsonInclude.Include.NON_NULL) String job) {

  /** The version of this format. Readers refuse a higher one. */
  public static final int FORMAT_VERSION = 1;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

  /**
   * Which model.
   *
   * @param name the network's name: letters, digits, dots, underscores and hyphens, up to 100, not
   *     starting with a dot
   * @param run the run that trained it, written like a name: versions count within a run
   * @param version the windows that it has processed, from 0
   */
  public record Identity(String name, String run, long version) {

    public Identity {
      requireName(name);
      requireName(run);
      if (version < 0) {
        throw new IllegalArgumentException(
            "A model's version counts from 0, unlike version %d.".formatted(version));
      }
    }
  }

  /**
   * The file that holds the model.
   *
   * @param path where it lies, relative to the registry's directory; empty in a draft
   * @param sha256 of the file, 64 lower-case hexadecimal digits; empty in a draft
   * @param bytes the file's size; 0 in a draft
   */
  public record File(@JsonProperty("file") String path, String sha256, long bytes) {

    /** Not published yet. */
    public static final File NONE = new File("", "", 0);

    public File {
      path = Objects.requireNonNullElse(path, "");
      sha256 = Objects.requireNonNullElse(sha256, "");
    }
  }

  /**
   * The network that was trained.
   *
   * @param configHash identifies the configuration that it was trained with
   * @param trunk the trunk's name
   * @param metric the metric's name
   * @param embeddingSize the embedding's length
   * @param input the image size as {@code CxHxW}
   * @param backbone SHA-256 of the frozen network's file that made features of the images; null for
   *     none
   */
  public record Network(
      String configHash,
      String trunk,
      String metric,
      int embeddingSize,
      String input,
      @JsonInclude(JsonInclude.Include.NON_NULL) String backbone) {}

  /**
   * The margins of Eq. 4.
   *
   * @param alpha1 the first, or NaN if unknown
   * @param alpha2 the second, or NaN if unknown
   */
  public record Margins(double alpha1, double alpha2) {}

  public ModelManifest {
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
          "The name of a network or run has 1 to 100 letters, digits, dots, underscores and hyphens and does not start with a dot, unlike '%s'."
              .formatted(name));
    }
  }

  /** A manifest of this format for a model that is not published yet. */
  public static ModelManifest draft(
      Identity identity,
      long window,
      long createdAt,
      Network network,
      Margins margins,
      Map<String, Double> metrics) {
    return new ModelManifest(
        FORMAT_VERSION,
        identity,
        window,
        File.NONE,
        createdAt,
        network,
        margins,
        metrics,
        null,
        null);
  }

  /** The same with what is live as of it. */
  public ModelManifest with(ReleaseDecision decision) {
    return with(file, decision, job);
  }

  /** The same with the job that publishes it. */
  public ModelManifest of(String job) {
    return with(file, release, job);
  }

  /** Whether it says that another job published it than this one. */
  public boolean isOfAnotherThan(String thisJob) {
    return job != null && !job.equals(thisJob);
  }

  /**
   * Whether the run was set back to an older state from before this one: another job has come to as
   * much of the run later.
   */
  public boolean isGivenUpBy(ModelManifest later) {
    return identity.run().equals(later.identity.run())
        && identity.version() >= later.identity.version()
        && createdAt < later.createdAt
        && !Objects.equals(job, later.job);
  }

  /** The same with the file that holds the model. */
  ModelManifest of(File file) {
    return with(file, release, job);
  }

  private ModelManifest with(File file, ReleaseDecision release, String job) {
    return new ModelManifest(
        formatVersion, identity, window, file, createdAt, network, margins, metrics, release, job);
  }
}
