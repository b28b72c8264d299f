package dev.quadstream.stream.operator;

import dev.quadstream.network.NetworkSpec;
import dev.quadstream.stream.options.ImageConfig;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.TrainingConfig;
import dev.quadstream.stream.startup.FinalFailure;
import dev.quadstream.stream.startup.StartRefusedException;
import dev.quadstream.training.WindowId;
import java.util.Objects;
import org.apache.flink.configuration.ConfigOption;

/**
 * Refuses a checkpoint that is of another run, or whose network is not what the options ask for.
 */
final class RestoreCheck {

  private RestoreCheck() {}

  /**
   * Versions count within the run that numbers the windows.
   *
   * @throws RuntimeException that ends the job, around an exception naming both runs
   */
  static void requireSameRun(String saved, WindowId window) {
    if (window == null || !saved.equals(window.run())) {
      throw FinalFailure.of(
          new StartRefusedException(
              "The checkpoint's memory and model are of run %s, and its windows are numbered in %s: an earlier version of Quadstream made it. Go on with that version, or begin a new run with --new-run."
                  .formatted(saved, window == null ? "none" : "run " + window.run())));
    }
  }

  /**
   * Windows are dealt by the number of replicas, and versions counted by it.
   *
   * @throws RuntimeException that ends the job, around an exception naming the option and both
   *     values
   */
  static void requireSameReplicas(int saved, int configured) {
    require(JobConfig.REPLICAS, saved, configured, "Set it back, go over to it with --rescale");
  }

  /**
   * Versions are found in the registry by the network's name, too.
   *
   * @throws RuntimeException that ends the job, around an exception naming the option and both
   *     values
   */
  static void requireSameName(String saved, String configured) {
    require(NetworkConfig.NAME, saved, configured);
  }

  /**
   * Learning rate and seed may change between two runs; what gives the parameters their meaning may
   * not, nor the updater that owns the updater state.
   *
   * @throws RuntimeException that ends the job, around an exception naming the option and both
   *     values
   */
  static void requireSameNetwork(NetworkSpec saved, NetworkSpec configured) {
    require(
        NetworkConfig.BACKBONE,
        Objects.toString(saved.backbone(), "none"),
        Objects.toString(configured.backbone(), "none"));
    require(NetworkConfig.TRUNK, saved.trunk(), configured.trunk());
    require(NetworkConfig.METRIC, saved.metric(), configured.metric());
    require(NetworkConfig.EMBEDDING_SIZE, saved.embeddingSize(), configured.embeddingSize());
    require(ImageConfig.CHANNELS, saved.input().channels(), configured.input().channels());
    require(ImageConfig.HEIGHT, saved.input().height(), configured.input().height());
    require(ImageConfig.WIDTH, saved.input().width(), configured.input().width());
    require(TrainingConfig.UPDATER, saved.updater(), configured.updater());
  }

  /**
   * Where the input ended in mid-round, each replica brought what it had, and the rest of its round
   * would be waited for in vain.
   *
   * @throws RuntimeException that ends the job, around an exception naming the way out
   */
  static void refuseDrained(long version) {
    throw FinalFailure.of(
        new StartRefusedException(
            "The savepoint is of a job that was drained: its replicas ended in mid-round, with version %d, and cannot go on from there. Go on from a savepoint or checkpoint before it, or begin a new run from the file of version %d with --new-run --from-model FILE. To stop a job that is to go on, take a savepoint without drain."
                .formatted(version, version)));
  }

  private static void require(ConfigOption<?> option, Object saved, Object configured) {
    require(option, saved, configured, "Set it back");
  }

  private static void require(
      ConfigOption<?> option, Object saved, Object configured, String wayOut) {
    if (!saved.equals(configured)) {
      // The job would fail in the same way at each restart.
      throw FinalFailure.of(
          new StartRefusedException(
              "The checkpoint was made with %s = %s and the job is configured with %s. %s, or begin a new run with --new-run."
                  .formatted(option.key(), saved, configured, wayOut)));
    }
  }
}
