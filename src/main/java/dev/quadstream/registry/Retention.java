package dev.quadstream.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which models of a run have to stay, as its publisher remembers it: by versions, so that nothing
 * has to be listed. Immutable.
 *
 * @param models those that were published and not deleted, in order of publication
 * @param snapshots the checkpoints and savepoints that the run may be set back to, in order
 * @param merged files that replicas brought, which have been merged and not deleted
 */
public record Retention(List<Model> models, List<Snapshot> snapshots, List<Merged> merged) {

  /** Before the first model. */
  public static final Retention NONE = new Retention(List.of(), List.of(), List.of());

  private static final String MINING_VERSION = "miningVersion";

  /**
   * A published model.
   *
   * @param version of the run
   * @param file as the manifest names it
   * @param bytes of the file
   * @param minedWith the version that the last windows before it were mined with; what comes after
   *     it asks for no older one
   * @param released the versions that are live as of it, were before, or may be next
   */
  public record Model(long version, String file, long bytes, long minedWith, List<Long> released) {

    public Model {
      released = List.copyOf(released);
    }
  }

  /**
   * A checkpoint or savepoint.
   *
   * @param id Flink's number of it
   * @param metadata the file that is there as long as it is; empty where that is not known
   * @param oldest the oldest version that windows may ask for when the run is set back to it
   * @param newest the newest version that had been published
   */
  public record Snapshot(long id, String metadata, long oldest, long newest) {}

  /**
   * A file that a replica brought, see {@link ContributionFiles}, after its merge.
   *
   * @param file its path
   * @param bytes of it
   * @param snapshots those that may have it in an open round: taken after it was written and before
   *     it was merged
   */
  public record Merged(String file, long bytes, List<Long> snapshots) {

    public Merged {
      snapshots = List.copyOf(snapshots);
    }
  }

  public Retention {
    models = List.copyOf(models);
    snapshots = List.copyOf(snapshots);
    // What an earlier program wrote has none.
    merged = merged == null ? List.of() : List.copyOf(merged);
  }

  /**
   * With a file that has been merged, once more perhaps.
   *
   * @param checkpoint the last one before the file was written
   */
  public Retention merged(String file, long bytes, long checkpoint) {
    List<Merged> more = new ArrayList<>(merged);
    more.removeIf(other -> other.file().equals(file));
    more.add(
        new Merged(
            file,
            bytes,
            snapshots.stream().map(Snapshot::id).filter(id -> id > checkpoint).toList()));
    return new Retention(models, snapshots, more);
  }

  /** The merged files that no snapshot needs. */
  public List<Merged> mergedSurplus() {
    Set<Long> kept = snapshots.stream().map(Snapshot::id).collect(Collectors.toSet());
    return merged.stream()
        .filter(file -> file.snapshots().stream().noneMatch(kept::contains))
        .toList();
  }

  /** Without a merged file, which was deleted. */
  public Retention without(Merged deleted) {
    return new Retention(
        models, snapshots, merged.stream().filter(file -> !file.equals(deleted)).toList());
  }

  /** With a model that was published, once more perhaps. */
  public Retention published(ModelManifest manifest) {
    long version = manifest.identity().version();
    ModelManifest.File file = manifest.file();
    List<Model> more = new ArrayList<>(models);
    more.removeIf(model -> model.file().equals(file.path()));
    more.add(
        new Model(
            version, file.path(), file.bytes(), minedWith(manifest), released(manifest.release())));
    return new Retention(more, snapshots, merged);
  }

  /** A manifest that does not say it was published with no window more than the one before. */
  private long minedWith(ModelManifest manifest) {
    Double version = manifest.metrics().get(MINING_VERSION);
    if (version != null) {
      return version.longValue();
    }
    return models.isEmpty() ? 0 : models.get(models.size() - 1).minedWith();
  }

  /** The versions that are live as of a decision, were before, or may be next. */
  static List<Long> released(ReleaseDecision decision) {
    if (decision == null) {
      return List.of();
    }
    Stream<Long> live = Stream.of(decision.live());
    Stream<Long> previous = Stream.ofNullable(decision.previous());
    Stream<Long> tested =
        Stream.ofNullable(decision.evidence())
            .flatMap(evidence -> Stream.of(evidence.candidate(), evidence.against()));
    return Stream.of(live, previous, tested).flatMap(Function.identity()).distinct().toList();
  }

  /** Without a model, which was deleted. */
  public Retention without(Model deleted) {
    return new Retention(
        models.stream().filter(model -> !model.equals(deleted)).toList(), snapshots, merged);
  }

  /** With a snapshot that is taken now. */
  public Retention snapshot(long id, String metadata) {
    List<Snapshot> more = new ArrayList<>(snapshots);
    more.add(
        new Snapshot(id, metadata, oldestOnTheWay(), models.isEmpty() ? 0 : versions().last()));
    return new Retention(models, more, merged);
  }

  /** With those snapshots alone that are of use. */
  public Retention keeping(Predicate<Snapshot> ofUse) {
    return new Retention(models, snapshots.stream().filter(ofUse).toList(), merged);
  }

  /**
   * The models that nothing needs, the oldest first: not among the newest, asked for by no window
   * on its way and by none of a snapshot, and not released as of any of those.
   *
   * @param keep the number of newest versions that stay, 1 or more
   */
  public List<Model> surplus(int keep) {
    Set<Long> newest = versions().descendingSet().stream().limit(keep).collect(Collectors.toSet());
    List<Snapshot> needed = new ArrayList<>(snapshots);
    needed.add(new Snapshot(0, "", oldestOnTheWay(), Long.MAX_VALUE));
    Set<Long> kept = new HashSet<>();
    for (Model model : models) {
      if (newest.contains(model.version())
          || needed.stream().anyMatch(snapshot -> needs(snapshot, model))) {
        kept.add(model.version());
        kept.addAll(model.released());
      }
    }
    return models.stream()
        .filter(model -> !kept.contains(model.version()))
        .sorted(Comparator.comparingLong(Model::version))
        .toList();
  }

  private static boolean needs(Snapshot snapshot, Model model) {
    return snapshot.oldest() <= model.version() && model.version() <= snapshot.newest();
  }

  /** The bytes of all models, and of what replicas brought and a snapshot needs. */
  public long bytes() {
    return models.stream().mapToLong(Model::bytes).sum()
        + merged.stream().mapToLong(Merged::bytes).sum();
  }

  private TreeSet<Long> versions() {
    TreeSet<Long> versions = new TreeSet<>();
    models.forEach(model -> versions.add(model.version()));
    return versions;
  }

  /**
   * One model further back than it seems: of several replicas that end within a round the last
   * windows are mined with different versions, whose mean the manifest tells.
   */
  private long oldestOnTheWay() {
    TreeSet<Long> versions = versions();
    Long before = versions.isEmpty() ? null : versions.lower(versions.last());
    return models.stream()
        .filter(model -> before != null && model.version() == before)
        .mapToLong(Model::minedWith)
        .min()
        .orElse(0);
  }
}
