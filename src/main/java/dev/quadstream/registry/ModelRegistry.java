package dev.quadstream.registry;

import dev.quadstream.digest.Sha256;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;

/**
 * Models as immutable files {@code name/run/vNNNNNNNNNN-sha.qsm}, and the manifest of each version
 * as {@code vNNNNNNNNNN.json} beside it, in a directory on any Flink file system. What is published
 * or asked for by its version costs the same however many others there are: nothing is listed.
 * Models of programs that named manifests otherwise are found, too, by a listing.
 *
 * <p>Writers of different runs and any number of readers may share the directory: a reader never
 * sees part of a file, nor a manifest before its model. Every method throws {@link
 * RegistryException} naming the file or directory when it cannot do its work. Thread-safe.
 */
public final class ModelRegistry {

  /** The largest model that is loaded unless told otherwise, 1 GiB. */
  public static final long DEFAULT_MAX_MODEL_BYTES = 1L << 30;

  private static final long MAX_MANIFEST_BYTES = 1 << 20;
  private static final String MODEL_SUFFIX = ".qsm";
  private static final String MANIFEST_SUFFIX = ".json";
  private static final int SHA_IN_NAME = 12;

  // No part may start with a dot, which bars "..", and no colon, which would begin another scheme.
  private static final Pattern RELATIVE_FILE =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\\.qsm");

  private static final Pattern EARLIER_FOLDER = Pattern.compile("/shard-\\d+/(?=[^/]+$)");

  private static final String EARLIER_RUN_FOLDER = "shard-0";

  private static final Pattern OWN_MODEL =
      Pattern.compile("((?:[^/]+/){2,3}v\\d{10,})-[0-9a-f]{12}\\.qsm");

  private static final Comparator<ModelManifest> OLDEST_FIRST =
      Comparator.comparingLong(ModelManifest::createdAt)
          .thenComparingLong(manifest -> manifest.identity().version())
          .thenComparing(manifest -> manifest.file().sha256());

  private final RegistryFiles files;
  private final long maxModelBytes;

  /** A registry that loads models of up to 1 GiB. */
  public ModelRegistry(Path directory) {
    this(directory, DEFAULT_MAX_MODEL_BYTES);
  }

  /**
   * Makes a registry; touches no file.
   *
   * @param directory where the files lie; made when first written to
   * @param maxModelBytes the largest model that is published or loaded, 1 to 2³¹ − 9
   */
  public ModelRegistry(Path directory, long maxModelBytes) {
    if (maxModelBytes < 1 || maxModelBytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "The largest model must have 1 to %d bytes, not %d."
              .formatted(Integer.MAX_VALUE - 8, maxModelBytes));
    }
    this.files = new RegistryFiles(directory);
    this.maxModelBytes = maxModelBytes;
  }

  /** Returns if files can be written, renamed and deleted in the directory, making it if absent. */
  public void checkWritable() {
    files.requireWritable();
  }

  /**
   * Puts a model down. Where a job publishes the same version with the same bytes again, as after a
   * crash, it changes nothing and returns the first manifest; what a crash left unfinished is
   * completed.
   *
   * @param draft everything but file, sha256 and bytes
   * @param model the model file's content
   * @return the manifest with the file in it
   */
  public ModelManifest publish(ModelManifest draft, byte[] model) {
    ModelManifest.Identity identity = draft.identity();
    if (model.length == 0 || model.length > maxModelBytes) {
      throw new RegistryException(
          "Model %s version %d has %d bytes; 1 to %d are allowed."
              .formatted(identity.name(), identity.version(), model.length, maxModelBytes));
    }
    String sha256 = Sha256.of(model);
    ModelManifest manifest =
        draft.of(new ModelManifest.File(pathOf(identity, sha256), sha256, model.length));
    Path modelFile = files.resolve(manifest.file().path());
    Path manifestFile =
        manifestOf(runDirectory(identity.name(), identity.run()), identity.version());

    if (!holds(modelFile, sha256)) {
      files.write(modelFile, model);
    }
    Optional<ModelManifest> earlier = readIfWhole(manifestFile);
    if (earlier.isPresent()
        && earlier.get().file().sha256().equals(sha256)
        && Objects.equals(earlier.get().job(), draft.job())) {
      return earlier.get();
    }
    files.write(manifestFile, JsonMessages.writeIndented(manifest));
    return manifest;
  }

  private static String pathOf(ModelManifest.Identity identity, String sha256) {
    return "%s-%s%s".formatted(stemOf(identity), sha256.substring(0, SHA_IN_NAME), MODEL_SUFFIX);
  }

  private static String stemOf(ModelManifest.Identity identity) {
    return "%s/%s/%s".formatted(identity.name(), identity.run(), numbered(identity.version()));
  }

  private static Path manifestOf(Path run, long version) {
    return new Path(run, numbered(version) + MANIFEST_SUFFIX);
  }

  /** In the same digits wherever it is written and read. */
  private static String numbered(long version) {
    return String.format(Locale.ROOT, "v%010d", version);
  }

  private boolean holds(Path file, String sha256) {
    return files.exists(file)
        && files
            .read(file, maxModelBytes)
            .filter(bytes -> Sha256.of(bytes).equals(sha256))
            .isPresent();
  }

  private Optional<ModelManifest> readIfWhole(Path manifestFile) {
    try {
      return files.exists(manifestFile) ? read(manifestFile) : Optional.empty();
    } catch (RegistryException e) {
      // Its caller writes over it, or passes it over.
      return Optional.empty();
    }
  }

  /**
   * Takes a model up, after checking that its manifest leads to a file of this registry, where a
   * model of its name, run and version lies, of the size and sha256 that it states.
   */
  public byte[] load(ModelManifest manifest) {
    try {
      return load(manifest, (model, bytes) -> model.readNBytes((int) bytes));
    } catch (IOException e) {
      throw files.failure("read", existing(manifest), e);
    }
  }

  /** What is made of a model's bytes as they come. */
  public interface ModelReader<T, E extends Exception> {
    T read(InputStream model, long bytes) throws E;
  }

  /**
   * The same without ever holding the file. What has been read is handed out once all of the file
   * has been checked, so a reader changes nothing but what it returns.
   *
   * @param reader may stop where it likes; that the file is another one comes before its own errors
   */
  public <T, E extends Exception> T load(ModelManifest manifest, ModelReader<T, E> reader)
      throws E {
    Path file = existing(manifest);
    long bytes = files.size(file);
    if (bytes > maxModelBytes) {
      throw RegistryException.lost(
          "%s has %d bytes, and at most %d are read.".formatted(file, bytes, maxModelBytes));
    }
    try (CheckedStream model = new CheckedStream(files, file)) {
      try {
        return reader.read(model, bytes);
      } finally {
        model.readRest();
        requireSame(manifest, file, model.length(), model.sha256());
      }
    }
  }

  /**
   * Opens a model to be copied, after the same checks, without ever holding it: its file is read
   * twice.
   *
   * @return {@link ModelManifest#bytes()} bytes; to be closed by the caller
   */
  public InputStream open(ModelManifest manifest) {
    load(manifest, (model, bytes) -> null);
    return files.open(existing(manifest));
  }

  private Path existing(ModelManifest manifest) {
    requireKnownFormat(manifest);
    Path file = fileOf(manifest);
    if (!files.exists(file)) {
      throw missing(file);
    }
    if (files.escapes(file)) {
      throw RegistryException.lost(
          "%s is a link out of the registry %s and is not read."
              .formatted(file, files.directory()));
    }
    return file;
  }

  private void requireSame(ModelManifest manifest, Path file, long length, String sha256) {
    if (length != manifest.file().bytes()) {
      throw RegistryException.lost(
          "%s has %d bytes, and its manifest says %d: it is not the file that was published."
              .formatted(file, length, manifest.file().bytes()));
    }
    if (!sha256.equals(manifest.file().sha256().toLowerCase(Locale.ROOT))) {
      throw RegistryException.lost(
          "%s has sha256 %s, and its manifest says %s: it was damaged or changed after it was published."
              .formatted(file, sha256, manifest.file().sha256()));
    }
    ModelManifest.Identity identity = manifest.identity();
    String path = EARLIER_FOLDER.matcher(manifest.file().path()).replaceFirst("/");
    if (!path.equals(pathOf(identity, sha256))) {
      throw RegistryException.lost(
          "%s is another model than the manifest says, which is that of %s, run %s, version %d."
              .formatted(file, identity.name(), identity.run(), identity.version()));
    }
  }

  private static void requireKnownFormat(ModelManifest manifest) {
    if (manifest.formatVersion() > ModelManifest.FORMAT_VERSION) {
      throw RegistryException.lost(
          "Model %s version %d has manifest format %d, and this program reads up to %d: use a newer one."
              .formatted(
                  manifest.identity().name(),
                  manifest.identity().version(),
                  manifest.formatVersion(),
                  ModelManifest.FORMAT_VERSION));
    }
  }

  private Path fileOf(ModelManifest manifest) {
    if (!RELATIVE_FILE.matcher(manifest.file().path()).matches()) {
      throw RegistryException.lost(
          "The manifest of model %s version %d names the file '%s', which is not a plain path within the registry %s."
              .formatted(
                  manifest.identity().name(),
                  manifest.identity().version(),
                  manifest.file().path(),
                  files.directory()));
    }
    return files.resolve(manifest.file().path());
  }

  private RegistryException missing(Path file) {
    String message =
        "%s is missing. It may have been pruned, or the registry %s is not the one that it was published to."
            .formatted(file, files.directory());
    // Where the folder is away as well, so may be the file system.
    return files.exists(file.getParent())
        ? RegistryException.lost(message)
        : new RegistryException(message);
  }

  /** The manifest that was published last, of any run. */
  public Optional<ModelManifest> latest(String name) {
    return list(name).stream().max(OLDEST_FIRST);
  }

  /** The manifest of one version of one run, if it has been published. */
  public Optional<ModelManifest> find(String name, String run, long version) {
    ModelManifest.requireName(name);
    ModelManifest.requireName(run);
    Path directory = runDirectory(name, run);
    return read(manifestOf(directory, version))
        .or(() -> findOfEarlierProgram(new Path(directory, EARLIER_RUN_FOLDER), version));
  }

  /** Whether a version of a run has been published, also where its manifest is damaged by now. */
  public boolean contains(String name, String run, long version) {
    ModelManifest.requireName(name);
    ModelManifest.requireName(run);
    return files.exists(manifestOf(runDirectory(name, run), version));
  }

  /**
   * Whether a version was another model before, whose file is still there: the run was set back to
   * an older state and came to the version again.
   */
  public boolean wasAnother(ModelManifest manifest) {
    ModelManifest.Identity identity = manifest.identity();
    String prefix = numbered(identity.version()) + "-";
    return files.list(runDirectory(identity.name(), identity.run())).stream()
        .map(status -> status.getPath().getName())
        .anyMatch(
            name ->
                name.startsWith(prefix)
                    && name.endsWith(MODEL_SUFFIX)
                    && !manifest.file().path().endsWith("/" + name));
  }

  /** Whether there is anything of a run; without it the directory may be away, and come back. */
  public boolean contains(String name, String run) {
    ModelManifest.requireName(name);
    ModelManifest.requireName(run);
    return files.exists(runDirectory(name, run));
  }

  private Optional<ModelManifest> findOfEarlierProgram(Path folder, long version) {
    return listRun(folder, numbered(version) + "-").stream().max(OLDEST_FIRST);
  }

  /** All manifests of a network, the oldest first; none if it was never published. */
  public List<ModelManifest> list(String name) {
    ModelManifest.requireName(name);
    List<ModelManifest> manifests = new ArrayList<>();
    runDirectories(name).forEach(run -> manifests.addAll(listRun(run, "v")));
    manifests.sort(OLDEST_FIRST);
    return List.copyOf(manifests);
  }

  private Path runDirectory(String name, String run) {
    return files.resolve(name + "/" + run);
  }

  private List<Path> runDirectories(String name) {
    return files.list(files.resolve(name)).stream()
        .filter(FileStatus::isDir)
        .map(FileStatus::getPath)
        .toList();
  }

  /** All manifests of a run but those that cannot be read. */
  public List<ModelManifest> listReadable(String name, String run) {
    ModelManifest.requireName(name);
    ModelManifest.requireName(run);
    return manifestFiles(runDirectory(name, run), "v").stream()
        .flatMap(file -> readIfWhole(file).stream())
        .toList();
  }

  private List<ModelManifest> listRun(Path run, String prefix) {
    // One that another process prunes between listing and reading is gone: no error.
    return manifestFiles(run, prefix).stream().flatMap(file -> read(file).stream()).toList();
  }

  private List<Path> manifestFiles(Path run, String prefix) {
    List<Path> found = new ArrayList<>();
    for (FileStatus status : files.list(run)) {
      Path file = status.getPath();
      if (status.isDir() && EARLIER_FOLDER.matcher("/" + file.getName() + "/x").lookingAt()) {
        found.addAll(manifestFiles(file, prefix));
      } else if (file.getName().endsWith(MANIFEST_SUFFIX) && file.getName().startsWith(prefix)) {
        found.add(file);
      }
    }
    return found;
  }

  private Optional<ModelManifest> read(Path manifestFile) {
    return files.read(manifestFile, MAX_MANIFEST_BYTES).map(json -> parse(manifestFile, json));
  }

  private static ModelManifest parse(Path manifestFile, byte[] json) {
    try {
      return JsonMessages.read(json, ModelManifest.class);
    } catch (MalformedMessageException e) {
      throw RegistryException.lost(
          "%s is damaged: %s. Delete it if its model is not needed."
              .formatted(manifestFile, e.getMessage()));
    }
  }

  /**
   * Deletes the temporary files that a crashed writer of a run left. For its writer, before it
   * writes: a run has only one.
   *
   * @return how many files were deleted
   */
  public int removeLeftovers(String name, String run) {
    ModelManifest.requireName(name);
    ModelManifest.requireName(run);
    return files.removeTemporaries(runDirectory(name, run));
  }

  /**
   * The models of a network beyond the newest ones of its newest runs, and those that are live as
   * of each of these.
   *
   * @param keep how many of each run stay, at least 1
   * @param runs how many runs have any that stay, at least 1
   */
  public List<ModelManifest> surplus(String name, int keep, int runs) {
    if (keep < 1 || runs < 1) {
      throw new IllegalArgumentException(
          "At least 1 model of 1 run must be kept, not %d of %d.".formatted(keep, runs));
    }
    ModelManifest.requireName(name);
    List<List<ModelManifest>> newestRunFirst = runsOf(name);
    List<ModelManifest> surplus = new ArrayList<>();
    for (List<ModelManifest> run : newestRunFirst) {
      boolean keepsSome = newestRunFirst.indexOf(run) < runs;
      int beyond = keepsSome ? Math.max(0, run.size() - keep) : run.size();
      List<Long> released = keepsSome ? Retention.released(last(run).release()) : List.of();
      run.subList(0, beyond).stream()
          .filter(model -> !released.contains(model.identity().version()))
          .forEach(surplus::add);
    }
    return List.copyOf(surplus);
  }

  /**
   * What replicas brought to the merges of a network and no job needs that goes on from the models
   * which {@link #surplus} leaves, and what crashed writers left of it.
   *
   * @param keep how many models of each run stay, at least 1
   * @param runs how many runs have any that stay, at least 1
   */
  public List<FileStatus> surplusContributions(String name, int keep, int runs) {
    ContributionFiles contributions = new ContributionFiles(files.directory());
    List<List<ModelManifest>> all = runsOf(name);
    List<FileStatus> surplus = new ArrayList<>();
    for (Path run : runDirectories(name)) {
      List<ModelManifest> models =
          all.stream()
              .filter(ofRun -> last(ofRun).identity().run().equals(run.getName()))
              .findFirst()
              .orElse(List.of());
      boolean keepsSome = !models.isEmpty() && newerThan(last(models).createdAt(), all) < runs;
      List<FileStatus> brought =
          contributions.surplus(
              name,
              run.getName(),
              keepsSome
                  ? OptionalLong.of(
                      models.get(Math.max(0, models.size() - keep)).identity().version())
                  : OptionalLong.empty());
      // A run without any model has just begun, or never came to one.
      long newest = brought.stream().mapToLong(FileStatus::getModificationTime).max().orElse(0);
      if (!models.isEmpty() || newerThan(newest, all) >= runs) {
        surplus.addAll(brought);
      }
    }
    return List.copyOf(surplus);
  }

  private static long newerThan(long time, List<List<ModelManifest>> runs) {
    return runs.stream().filter(models -> last(models).createdAt() > time).count();
  }

  private static ModelManifest last(List<ModelManifest> models) {
    return models.get(models.size() - 1);
  }

  /** The models of each run that has any, the oldest first; the newest run first. */
  private List<List<ModelManifest>> runsOf(String name) {
    return runDirectories(name).stream()
        .map(run -> listRun(run, "v").stream().sorted(OLDEST_FIRST).toList())
        .filter(models -> !models.isEmpty())
        .sorted(Comparator.comparing(ModelRegistry::last, OLDEST_FIRST.reversed()))
        .toList();
  }

  /**
   * What killed writers left of models, and the models that another of the same version has
   * replaced where {@link #surplus} leaves none of that version.
   *
   * @param keep how many models of each run stay, at least 1
   * @param runs how many runs have any that stay, at least 1
   */
  public List<FileStatus> leftovers(String name, int keep, int runs) {
    List<ModelManifest> all = list(name);
    Set<String> named = all.stream().map(model -> model.file().path()).collect(Collectors.toSet());
    Set<ModelManifest> surplus = Set.copyOf(surplus(name, keep, runs));
    Set<String> kept =
        all.stream()
            .filter(model -> !surplus.contains(model))
            .map(model -> stemOf(model.identity()))
            .collect(Collectors.toSet());
    List<FileStatus> left = new ArrayList<>();
    for (Path run : runDirectories(name)) {
      left.addAll(files.temporaries(run));
      for (FileStatus file : files.list(run)) {
        String path = "%s/%s/%s".formatted(name, run.getName(), file.getPath().getName());
        Matcher own = OWN_MODEL.matcher(path);
        // That a version was another model before is told by the former one's file.
        if (own.matches() && !named.contains(path) && !kept.contains(own.group(1))) {
          left.add(file);
        }
      }
    }
    return left.stream().filter(RegistryFiles::isAbandoned).toList();
  }

  /** Deletes a file that {@link #surplusContributions} or {@link #leftovers} has named. */
  public void delete(FileStatus file) {
    files.delete(file.getPath());
  }

  /**
   * Deletes a model, and its manifest where that still leads to it. One that is gone already is no
   * error.
   *
   * @param path of the model's file, as its manifest names it; any other is refused
   */
  public void delete(String path) {
    Matcher own = OWN_MODEL.matcher(path);
    if (!own.matches() || !RELATIVE_FILE.matcher(path).matches()) {
      throw new RegistryException(
          "'%s' is no name that the registry %s gives, and is not deleted."
              .formatted(path, files.directory()));
    }
    // The manifest first: it must never lead to a model that is gone.
    String stem = path.substring(0, path.length() - MODEL_SUFFIX.length());
    for (String manifest : List.of(own.group(1), stem)) {
      Path file = files.resolve(manifest + MANIFEST_SUFFIX);
      if (read(file).filter(found -> found.file().path().equals(path)).isPresent()) {
        files.delete(file);
      }
    }
    files.delete(files.resolve(path));
  }
}
