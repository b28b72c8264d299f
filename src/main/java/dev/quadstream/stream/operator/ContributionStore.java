package dev.quadstream.stream.operator;

import dev.quadstream.registry.ContributionFiles;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.format.ParameterFile;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.RegistryOption;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.ParameterReader;
import dev.quadstream.training.ParameterStore;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.WindowId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry between replicas and merge: what is too large for a record of Flink's network is put
 * down as a file, and the record names it (claim check).
 */
final class ContributionStore implements ParameterStore {

  private static final Logger LOG = LoggerFactory.getLogger(ContributionStore.class);

  private final PipelineSettings settings;
  private final ContributionFiles files;
  private final Set<String> cleaned = new HashSet<>();

  /** A store in the registry of the job. */
  ContributionStore(PipelineSettings settings) {
    this.settings = settings;
    this.files = new ContributionFiles(settings.registryDirectory());
  }

  /**
   * Puts down a contribution's parameters.
   *
   * @param checkpoint the number of the last checkpoint, 0 before the first
   * @return what is sent in its place
   */
  Contribution store(Contribution contribution, HeldParameters held, long checkpoint) {
    WindowId last = contribution.last();
    try {
      removeLeftovers(last);
      ContributionFiles.Stored stored =
          files.write(
              settings.get(NetworkConfig.NAME),
              last.run(),
              last.replica(),
              last.number(),
              output -> ParameterFile.write(held, output));
      return contribution.with(
          new StoredParameters(
              stored.path(),
              stored.bytes(),
              stored.sha256(),
              held.areFinite(),
              held.hasStart(),
              checkpoint));
    } catch (RegistryException e) {
      throw RegistryOption.named(settings, e);
    }
  }

  /** Before the first file of a replica. */
  private void removeLeftovers(WindowId window) {
    if (!cleaned.add(window.run() + "/" + window.replica())) {
      return;
    }
    int leftovers =
        files.removeLeftovers(settings.get(NetworkConfig.NAME), window.run(), window.replica());
    if (leftovers > 0) {
      LOG.info(
          "Removed {} files that a crash of replica {} had left.", leftovers, window.replica());
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws RegistryException where it is not there, or is another; the reader throws it, too
   */
  @Override
  public ParameterReader open(StoredParameters stored) {
    InputStream input =
        files.open(new ContributionFiles.Stored(stored.file(), stored.bytes(), stored.sha256()));
    try {
      return ParameterFile.read(input, stored.bytes());
    } catch (UncheckedIOException e) {
      requireUndamaged(input);
      throw e;
    }
  }

  /**
   * What cannot be understood is another file than the one that was written, or this is a fault.
   */
  private static void requireUndamaged(InputStream input) {
    try (input) {
      input.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
