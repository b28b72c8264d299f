package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;

/** Options of publishing and of the job. */
public final class JobConfig {

  public static final ConfigOption<Long> SEED =
      key("seed")
          .longType()
          .defaultValue(1L)
          .withDescription("Seed of the weights and of every draw.");

  public static final ConfigOption<Integer> PUBLISH_EVERY =
      key("publish.every")
          .intType()
          .defaultValue(32)
          .withDescription(
              "P: windows between two published models. With each, memory.search-images of the memory are embedded anew. May change when a job goes on from a savepoint.");

  public static final ConfigOption<String> REGISTRY_DIRECTORY =
      key("registry.directory")
          .stringType()
          .defaultValue("work/models")
          .withDescription(
              "Directory of the published models, on any file system that Flink knows (file:, s3:, …). All task managers must see it.");

  public static final ConfigOption<Integer> REGISTRY_KEEP =
      key("registry.keep")
          .intType()
          .defaultValue(20)
          .withDescription(
              "K: the newest models of the run that stay in the registry. So do those that windows on their way are mined with, and those of each checkpoint and savepoint for as long as it is there. The job deletes its run's others.");

  public static final ConfigOption<Integer> PARALLELISM =
      key("parallelism")
          .intType()
          .defaultValue(1)
          .withDescription("Parallelism of reading and decoding.");

  public static final ConfigOption<Integer> REPLICAS =
      key("replicas")
          .intType()
          .defaultValue(1)
          .withDescription(
              "Replicas that train the one model, each with a slot and a memory of its own: windows are dealt to them in turn, and publish.every windows of each end a round, after which they are merged.");

  public static final ConfigOption<Duration> CHECKPOINT_INTERVAL =
      key("checkpoint.interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(30))
          .withDescription("Time between two checkpoints. 0 switches them off.");

  public static final ConfigOption<String> CHECKPOINT_DIRECTORY =
      key("checkpoint.directory")
          .stringType()
          .defaultValue("work/checkpoints")
          .withDescription("Directory of the checkpoints, on any file system that Flink knows.");

  public static final ConfigOption<Boolean> CHECKPOINT_DELETE_REPLACED =
      key("checkpoint.delete-replaced")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether a job that goes on from a checkpoint of another deletes that other's checkpoints once it has completed three of its own. Savepoints stay, and so do the checkpoints of a job that has gone on since.");

  public static final ConfigOption<String> FLINK_ADDRESS =
      key("flink.address")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "REST address of a Flink cluster, as host:port, to submit the job to. Without it the job runs in this process.");

  private JobConfig() {}
}
