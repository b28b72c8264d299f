package dev.quadstream.stream;

import static dev.quadstream.stream.TestingDeployment.job;
import static dev.quadstream.stream.TestingDeployment.map;
import static dev.quadstream.stream.TestingDeployment.services;
import static dev.quadstream.stream.TestingDeployment.specification;
import static dev.quadstream.stream.TestingDeployment.strings;
import static dev.quadstream.stream.TestingDeployment.text;
import static dev.quadstream.stream.TestingDeployment.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.stream.launch.ApplicationMain;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.client.deployment.application.ApplicationConfiguration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.Test;

/** deploy/kubernetes, and what it must have in common with the other deployments. */
class KubernetesFilesTest {

  private static final String MODELS = "/opt/quadstream/models";

  private final Configuration flink = TestingDeployment.flink();
  private final Map<String, Object> deployment = yaml(TestingDeployment.DEPLOYMENT);
  private final String dockerfile = text("Dockerfile");

  @Test
  void theJobKeepsItsCheckpointsWhereFlinkDoesAndItsModelsOnAVolume() {
    for (PipelineSettings job : List.of(TestingDeployment.jobOfCompose(), jobOfKubernetes())) {
      assertThat(job.get(JobConfig.CHECKPOINT_DIRECTORY))
          .isEqualTo(flink.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY));
      assertThat(job.registryDirectory().getPath()).isEqualTo(MODELS);
      assertThat(job.get(JobConfig.CHECKPOINT_INTERVAL))
          .isEqualTo(flink.get(CheckpointingOptions.CHECKPOINTING_INTERVAL));
      assertThat(
              JobLauncher.flinkConfiguration(job, null)
                  .get(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS))
          .isEqualTo(flink.get(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS));
    }
    assertThat(strings(services().get("taskmanager").get("volumes"))).contains("models:" + MODELS);
  }

  @Test
  void itLogsAsTheContainersDo() {
    assertThat(map(specification().get("logConfiguration")))
        .isEqualTo(Map.of("log4j-console.properties", text("flink-conf/log4j-console.properties")));
  }

  @Test
  void theMainClassIsThere() {
    List<String> command = strings(services().get("jobmanager").get("command"));

    assertThat(command.get(0)).isEqualTo("standalone-job");
    assertThat(command).containsSequence("--job-classname", ApplicationMain.class.getName());
    assertThat(map(specification().get("job")))
        .containsEntry("entryClass", ApplicationMain.class.getName());
    assertThat(dockerfile)
        .contains(
            ((String) map(specification().get("job")).get("jarURI"))
                .substring("local://".length()));
    assertThat(ApplicationConfiguration.APPLICATION_MAIN_CLASS.key())
        .as("what the operator makes of entryClass")
        .isEqualTo("$internal.application.main");
  }

  /** Flink makes a vertex's id of the uid of the first operator in it, so they stay. */
  @Test
  void theAutoscalerIsToldEveryVertexButThatWhichReadsAndDecodesAndDeadLetters() {
    Set<String> fixed = new TreeSet<>();
    for (String replicas : List.of("1", "3")) {
      for (JobVertex vertex :
          TestingGraph.of(TestingPipeline.settings("replicas", replicas, "parallelism", "2"))
              .getJobGraph()
              .getVertices()) {
        if (!vertex.getName().startsWith("Source: images")
            && !vertex.getName().startsWith("dead letters")) {
          fixed.add(vertex.getID().toHexString());
        }
      }
    }

    assertThat(text("deploy/kubernetes/README.md"))
        .contains("job.autoscaler.vertex.exclude.ids: " + String.join(";", fixed) + "\n");
  }

  @Test
  void kubernetesRunsWithTheSameFlinkConfiguration() {
    Map<String, String> expected = new TreeMap<>(flink.toMap());
    expected
        .keySet()
        .removeIf(
            key ->
                key.matches(
                    "jobmanager\\.(rpc|bind-host|memory).*|rest\\..*|blob\\..*|parallelism\\.default"
                        + "|taskmanager\\.(host|bind-host|memory\\.process\\.size)"));
    Map<String, Object> actual = new TreeMap<>(map(specification().get("flinkConfiguration")));
    actual
        .keySet()
        .removeIf(
            key -> key.startsWith("high-availability.") || key.startsWith("kubernetes.operator."));

    Map<String, String> asText = new TreeMap<>();
    actual.forEach((key, value) -> asText.put(key, ((String) value).trim()));
    assertThat(asText).isEqualTo(expected);
  }

  @Test
  void kubernetesGivesThePodsTheMemoryThatFlinkIsConfiguredFor() {
    Map<String, String> memory = flink.toMap();
    assertThat(resource("taskManager")).isEqualTo(memory.get("taskmanager.memory.process.size"));
    assertThat(resource("jobManager")).isEqualTo(memory.get("jobmanager.memory.process.size"));
  }

  @Test
  void kubernetesUpgradesBySavepoint() {
    assertThat(deployment)
        .containsEntry("apiVersion", "flink.apache.org/v1beta1")
        .containsEntry("kind", "FlinkDeployment");
    String flinkVersion = EnvironmentInformation.getVersion();
    String minor = flinkVersion.substring(0, flinkVersion.lastIndexOf('.'));
    assertThat(specification())
        .containsEntry("flinkVersion", "v" + minor.replace('.', '_'))
        .containsEntry("image", services().get("jobmanager").get("image"));
    assertThat(map(specification().get("job"))).containsEntry("upgradeMode", "savepoint");
  }

  @Test
  void thePodsHaveNoPrivilegesAndNoVariablesOfOtherServices() {
    Map<String, Object> pod = map(map(specification().get("podTemplate")).get("spec"));
    Map<String, Object> container = map(((List<?>) pod.get("containers")).get(0));

    assertThat(pod).containsEntry("enableServiceLinks", false);
    assertThat(map(pod.get("securityContext")))
        .containsEntry("runAsNonRoot", true)
        .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
    assertThat(map(container.get("securityContext")))
        .containsEntry("allowPrivilegeEscalation", false)
        .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
  }

  @Test
  void theSecretIsOneThatThePodsReadAndTheJobUnderstands() {
    Map<String, Object> secret = yaml("deploy/kubernetes/secret.yaml");
    Map<String, String> variables = new TreeMap<>();
    map(secret.get("stringData")).forEach((name, value) -> variables.put(name, (String) value));

    assertThat(text(TestingDeployment.DEPLOYMENT))
        .contains("name: " + map(secret.get("metadata")).get("name"));
    assertThat(
            new ConfigurationLoader(variables)
                .load(null, List.of())
                .settings()
                .get(KafkaConfig.PROPERTIES))
        .containsEntry("security.protocol", "SASL_SSL")
        .hasEntrySatisfying(
            "sasl.jaas.config",
            login -> assertThat(login).contains("ScramLoginModule", "\"CHANGE-ME\";"));
  }

  private PipelineSettings jobOfKubernetes() {
    return job(strings(map(specification().get("job")).get("args")));
  }

  private String resource(String component) {
    return (String) map(map(specification().get(component)).get("resource")).get("memory");
  }

  /**
   * The fields that the manifest uses, as the operator's custom resource definition has them
   * (helm/flink-kubernetes-operator/crds/flinkdeployments.flink.apache.org-v1.yml at 6e9caeb4, to
   * which the whole manifest, pod template included, was held).
   */
  @Test
  void onlyFieldsThatTheOperatorKnowsAreSet() {
    assertThat(specification().keySet())
        .isSubsetOf(
            "image",
            "imagePullPolicy",
            "flinkVersion",
            "serviceAccount",
            "flinkConfiguration",
            "logConfiguration",
            "jobManager",
            "taskManager",
            "podTemplate",
            "job");
    assertThat(map(specification().get("job")).keySet())
        .isSubsetOf(
            "jarURI",
            "entryClass",
            "args",
            "parallelism",
            "upgradeMode",
            "state",
            "initialSavepointPath");
    for (String component : List.of("jobManager", "taskManager")) {
      Map<String, Object> settings = map(specification().get(component));
      assertThat(settings.keySet()).isSubsetOf("replicas", "resource", "podTemplate");
      assertThat(map(settings.get("resource")).keySet()).containsExactlyInAnyOrder("memory", "cpu");
    }
    assertThat(map(specification().get("flinkConfiguration")).values())
        .as("text, which numbers must be quoted to be")
        .allMatch(String.class::isInstance);
  }
}
