package dev.quadstream.stream;

import static dev.quadstream.stream.TestingDeployment.services;
import static dev.quadstream.stream.TestingDeployment.strings;
import static dev.quadstream.stream.TestingDeployment.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** deploy/prometheus and deploy/grafana. */
class MonitoringFilesTest {

  private final Configuration flink = TestingDeployment.flink();

  @Test
  void prometheusAsksFlinksServicesOnTheFirstOfTheReportersPorts() {
    String targets = text("deploy/prometheus/prometheus.yml");
    String port = flink.toMap().get("metrics.reporter.prometheus.port").split("-")[0];

    for (String service : List.of("jobmanager", "taskmanager")) {
      assertThat(services()).containsKey(service);
      assertThat(targets).contains('"' + service + ":" + port + '"');
    }
    assertThat(targets).contains("alerts.yml", "alertmanager:9093");
    assertThat(Path.of("deploy/prometheus/alerts.yml")).exists();
    assertThat(services()).containsKey("alertmanager");
  }

  @Test
  void grafanaFindsItsDashboardAndPrometheus() {
    String dashboards = text("deploy/grafana/provisioning/dashboards/quadstream.yml");

    assertThat(strings(services().get("grafana").get("volumes")))
        .anyMatch(
            mount -> mount.startsWith("./deploy/grafana/dashboards:/var/lib/grafana/dashboards"));
    assertThat(dashboards).contains("path: /var/lib/grafana/dashboards");
    assertThat(text("deploy/grafana/provisioning/datasources/prometheus.yml"))
        .contains("url: http://prometheus:9090", "uid: prometheus");
    assertThat(services()).containsKey("prometheus");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"deploy/grafana/dashboards/quadstream.json", "deploy/prometheus/alerts.yml"})
  void ourOwnMetricsAreThoseThatTheOperatorsRegister(String file) {
    Set<String> registered = new HashSet<>();
    for (String source :
        List.of(
            "source/ImageSource",
            "operator/DecodeOperator",
            "operator/LabelMetrics",
            "operator/WindowOperator",
            "operator/AssembleMetrics",
            "operator/TrainMetrics",
            "operator/MergeMetrics",
            "operator/PublishOperator")) {
      Pattern.compile("(?:counter|gauge|show)\\((?:group, )?\"(\\w+)\"")
          .matcher(text("src/main/java/dev/quadstream/stream/" + source + ".java"))
          .results()
          .forEach(match -> registered.add(match.group(1)));
    }
    registered.addAll(Set.of("pendingRecords", "numRecordsSend"));

    List<String> shown =
        Pattern.compile("flink_taskmanager_job_task_operator_(?:reason_|partition_)?(\\w+)")
            .matcher(text(file))
            .results()
            .map(match -> match.group(1))
            .toList();

    assertThat(shown).isNotEmpty().allSatisfy(name -> assertThat(registered).contains(name));
  }

  @Test
  void everyAlertIsSeenToFire() {
    String tests = text("src/test/resources/prometheus/alerts-test.yml");

    assertThat(
            Pattern.compile("- alert: (\\w+)")
                .matcher(text("deploy/prometheus/alerts.yml"))
                .results())
        .isNotEmpty()
        .allSatisfy(alert -> assertThat(tests).contains("alertname=\"" + alert.group(1) + "\""));
  }
}
