package dev.quadstream.cluster;

import java.io.File;
import java.util.Arrays;
import org.apache.flink.client.deployment.application.ApplicationClusterEntryPoint;
import org.apache.flink.client.program.DefaultPackagedProgramRetriever;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.entrypoint.ClusterEntrypoint;
import org.apache.flink.runtime.resourcemanager.StandaloneResourceManagerFactory;

/**
 * What {@code standalone-job} of Flink's image starts: its StandaloneApplicationClusterEntryPoint
 * is in Flink's distribution alone and is not published as a library.
 */
final class TestingApplicationCluster extends ApplicationClusterEntryPoint {

  /** In the job's jar alone, as on a cluster. */
  private static final String MAIN = "dev.quadstream.stream.launch.ApplicationMain";

  private TestingApplicationCluster(Configuration configuration, PackagedProgram program) {
    super(configuration, program, StandaloneResourceManagerFactory.getInstance());
  }

  /**
   * Runs a JobManager with its job.
   *
   * @param arguments {@code --configDir DIRECTORY}, any {@code -D key=value}, the job's jar, and
   *     its arguments
   */
  public static void main(String[] arguments) throws Exception {
    Configuration dynamic = new Configuration();
    int next = 2;
    while (arguments[next].equals("-D")) {
      String[] property = arguments[next + 1].split("=", 2);
      dynamic.setString(property[0], property[1]);
      next += 2;
    }
    Configuration configuration = GlobalConfiguration.loadConfiguration(arguments[1], dynamic);
    PackagedProgram program =
        DefaultPackagedProgramRetriever.create(
                null,
                new File(arguments[next]),
                MAIN,
                Arrays.copyOfRange(arguments, next + 1, arguments.length),
                configuration)
            .getPackagedProgram();
    configureExecution(configuration, program);
    ClusterEntrypoint.runClusterEntrypoint(new TestingApplicationCluster(configuration, program));
  }
}
