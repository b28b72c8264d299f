package dev.quadstream.serve.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.http.Binding;
import dev.quadstream.serve.search.TestingClient.Answer;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchServiceTest {

  @TempDir private Path directory;

  @Test
  void whileKafkasNameLeadsNowhereItAnswersAndSaysSoToWhoeverDeletes() {
    SearchSettings settings =
        new SearchSettings(
            KafkaConnection.to("broker.invalid:9092"),
            new Topics(""),
            new org.apache.flink.core.fs.Path(directory.resolve("models").toUri()),
            "network",
            "search",
            0.01,
            new SearchSettings.Images(
                shape -> new ImageDecoder(shape, ImageLimits.defaults()), ImageLimits.defaults()),
            new SearchSettings.Indexes(Optional.of(directory.resolve("snapshot")), 1_000),
            Binding.loopback(0));
    try (SearchService service = SearchService.start(settings)) {
      TestingClient client = new TestingClient(service.address());

      assertThat(client.get("/health").status()).isEqualTo(200);
      assertThat(client.get("/v1/status").status()).isEqualTo(200);
      Answer deleted = client.delete("/v1/image?id=a");
      assertThat(deleted.status()).isEqualTo(503);
      assertThat(deleted.problem()).contains("broker.invalid:9092");
    }
  }
}
