package dev.quadstream.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;

/**
 * Which version of a run is live as of a version of it, and why: in each manifest, and on the
 * releases topic.
 *
 * @param live the released version, whose embeddings are the run's until the next release
 * @param previous the one that was live before it, or null
 * @param policy {@code gate}, {@code every} or {@code manual}
 * @param verdict what came of the newest candidate or command: {@code first}, {@code waiting},
 *     {@code released}, {@code quarantined}, {@code pinned}, {@code rolled-back}, {@code held} or
 *     {@code unpinned}; there may be more
 * @param held whether a command keeps the live version until {@code unpin}
 * @param quarantined versions that are never released, the newest last
 * @param evidence on the newest candidate, or null where there is none yet
 * @param commands how many commands have been carried out in the run: of two decisions that with
 *     more is the later one
 */
public record ReleaseDecision(
    long live,
    Long previous,
    String policy,
    String verdict,
    boolean held,
    List<Long> quarantined,
    @JsonInclude(JsonInclude.Include.NON_NULL) Evidence evidence,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long commands) {

  /** By the policy, where no command has been carried out in the run. */
  public ReleaseDecision(
      long live,
      Long previous,
      String policy,
      String verdict,
      boolean held,
      List<Long> quarantined,
      Evidence evidence) {
    this(live, previous, policy, verdict, held, quarantined, evidence, 0);
  }

  /**
   * What testing before training under both models has shown since a candidate was taken up.
   *
   * @param candidate the version that may be released; images were tested under it and versions
   *     after it
   * @param against the live version at that time
   * @param all over all tested images
   * @param longKnown over images of classes that were first seen long ago
   * @param harm evidence against "not worse than what is live by more than the margin"; 400 and
   *     more quarantines
   */
  public record Evidence(long candidate, long against, Counts all, Counts longKnown, double harm) {

    public Evidence {
      Objects.requireNonNull(all, "all");
    }
  }

  /**
   * A paired test.
   *
   * @param tested images whose class at least one of the two found
   * @param gained those that the candidate alone got right
   * @param lost those that the live version alone got right
   */
  public record Counts(long tested, long gained, long lost) {}

  public ReleaseDecision {
    quarantined = List.copyOf(Objects.requireNonNullElse(quarantined, List.of()));
  }
}
