package dev.quadstream.stream.launch;

import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.MissingTopicException;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicCheck;
import dev.quadstream.stream.KafkaConnectors;
import dev.quadstream.stream.options.ConfigurationException;
import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job's own main, for Flink's application mode and for {@code flink run}: the cluster that
 * calls it runs the job.
 */
public final class ApplicationMain {

  private static final String FILE = "--config";
  private static final String FLAG = "--set";
  private static final String FROM = "--from-savepoint";
  private static final String RESCALE = "--rescale";
  private static final String NEW_RUN = "--new-run";

  /** The id that the job is to have, where whoever deploys it says so; a key of Flink's own. */
  private static final ConfigOption<String> JOB =
      ConfigOptions.key("$internal.pipeline.job-id").stringType().noDefaultValue();

  /** EX_CONFIG of sysexits.h. */
  private static final int REFUSED = 78;

  /** EX_TEMPFAIL of it. */
  private static final int AWAY = 75;

  private static final Logger LOG = LoggerFactory.getLogger(ApplicationMain.class);

  /** The arguments, read. */
  public record Application(PipelineSettings settings, String savepoint, boolean newRun) {}

  private ApplicationMain() {}

  /**
   * Starts the job on the cluster that calls this. Where it is refused, the process ends with 78,
   * as {@code quadstream run} does: a JobManager would end with a code that it shares with crashes,
   * and be started again for nothing. With 75 it ends where a job that goes on may be able to a
   * moment later, as when a file system is back.
   *
   * @param arguments {@code --config FILE}, {@code --set key=value}, {@code --from-savepoint PATH},
   *     {@code --rescale} and {@code --new-run}, as of {@code quadstream run}; environment
   *     variables count as there
   */
  public static void main(String[] arguments) throws Exception {
    try {
      start(read(arguments, System.getenv()));
    } catch (StartRefusedException | ConfigurationException | IllegalArgumentException e) {
      LOG.error("The job is refused: {}", e.getMessage());
      System.exit(exitCode(e));
    }
  }

  static int exitCode(Exception refusal) {
    return refusal instanceof StartRefusedException refused && refused.isPassing() ? AWAY : REFUSED;
  }

  private static void start(Application application) throws Exception {
    PipelineSettings settings = application.settings();
    StartingPoint startingPoint = new StartingPoint(settings);
    boolean remembered = application.savepoint() == null && remembers(flink(), startingPoint);
    String savepoint =
        remembered ? null : startingPoint.resolve(application.savepoint(), application.newRun());
    if (savepoint == null) {
      LOG.info("The job starts anew, or from what the cluster says.");
    } else {
      LOG.info("The job goes on from {}.", savepoint);
    }
    compareTopics(settings);
    try {
      JobLauncher.runOnThisCluster(settings, KafkaConnectors.of(settings), savepoint);
    } catch (StartRefusedException e) {
      // What was never well is set up wrongly.
      throw remembered || savepoint != null ? e : new StartRefusedException(e.getMessage(), e);
    }
  }

  /**
   * Whether the cluster says, or will find out by itself, what the job goes on from. It does so for
   * a job of its own, which has the id that it had: Flink's Kubernetes operator gives another one
   * to a deployment that was deleted and applied again, and has forgotten what that one left.
   */
  static boolean remembers(ReadableConfig flink, StartingPoint startingPoint) {
    if (flink.get(StateRecoveryOptions.SAVEPOINT_PATH) != null) {
      return true;
    }
    String job = flink.get(JOB);
    return recovers(flink) && (job == null || !startingPoint.isOfAnotherThan(job));
  }

  /** It calls main for a job of its own that goes on, then, and must not be refused that. */
  private static boolean recovers(ReadableConfig flink) {
    return !"NONE".equalsIgnoreCase(flink.get(HighAvailabilityOptions.HA_MODE));
  }

  private static ReadableConfig flink() {
    return StreamExecutionEnvironment.getExecutionEnvironment().getConfiguration();
  }

  /** Where Kafka is not there yet, the job waits for it and restarts until it is. */
  private static void compareTopics(PipelineSettings settings) throws InterruptedException {
    int embeddingSize = settings.get(NetworkConfig.EMBEDDING_SIZE);
    try (TopicAdmin admin = new TopicAdmin(settings.kafka())) {
      for (TopicCheck.Finding finding :
          TopicCheck.of(admin, settings.topics(), embeddingSize, settings.transactionTimeout())) {
        if (finding.fatal()) {
          throw new StartRefusedException(finding.message());
        }
        LOG.warn(finding.message());
      }
      if (!recovers(flink())) {
        SecondJob.refuse(admin, settings, orphaned(flink()), LOG::info);
      }
      SecondJob.besides(admin, settings).forEach(LOG::warn);
    } catch (KafkaUnreachableException | KafkaException | MissingTopicException e) {
      LOG.warn("The topics are not compared with what the job needs: {}", e.getMessage());
    }
  }

  /**
   * How long the tasks of a JobManager that has died can go on: until they miss its heartbeat, and
   * then until Flink ends the process of one that does not end by itself.
   */
  static Duration orphaned(ReadableConfig flink) {
    return flink
        .get(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT)
        .plus(flink.get(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT));
  }

  public static Application read(String[] arguments, Map<String, String> environment) {
    Path file = null;
    String savepoint = null;
    boolean newRun = false;
    List<String> flags = new ArrayList<>();
    boolean rescale = false;
    Iterator<String> rest = List.of(arguments).iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      switch (argument) {
        case FILE -> file = Path.of(valueOf(argument, rest));
        case FLAG -> flags.add(valueOf(argument, rest));
        case FROM -> savepoint = valueOf(argument, rest);
        case RESCALE -> rescale = true;
        case NEW_RUN -> newRun = true;
        default ->
            throw new IllegalArgumentException(
                "The job takes %s FILE, %s key=value, %s PATH, %s and %s, not '%s'."
                    .formatted(FILE, FLAG, FROM, RESCALE, NEW_RUN, argument));
      }
    }
    if (newRun && savepoint != null) {
      throw new IllegalArgumentException(
          "%s begins anew and %s goes on: give one of them.".formatted(NEW_RUN, FROM));
    }
    PipelineSettings settings = new ConfigurationLoader(environment).load(file, flags).settings();
    return new Application(rescale ? settings.rescaling() : settings, savepoint, newRun);
  }

  private static String valueOf(String argument, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(argument + " takes a value, and none follows.");
    }
    return rest.next();
  }
}
