package dev.quadstream.serve.search;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.cli.TestingSchemas;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.AnswersTopic;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.MatchMessage;
import dev.quadstream.kafka.TestingReads;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.search.ReRanking;
import dev.quadstream.search.TestingVectors;
import dev.quadstream.serve.http.Binding;
import dev.quadstream.serve.search.TestingClient.Answer;
import dev.quadstream.serve.web.TestingProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search service over a real broker. */
class SearchIT {

  private static final Topics TOPICS = new Topics("searched.");
  private static final long VERSION = 16;
  private static final int IMAGES = 40;
  private static final int EXACT_UP_TO = 1_000;
  private static final ImageLimits LIMITS = new ImageLimits(100_000, 1_000_000);
  private static final String STRANGE_ID = "a/b?&\"é #1";

  @TempDir private static Path directory;

  private static KafkaBroker broker;
  private static TestingReleases job;
  private static List<PixelImage> images;
  private static float[][] vectors;
  private static SearchService service;
  private static TestingClient client;

  @BeforeAll
  static void start() {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    createTopics(TOPICS);
    job = new TestingReleases(broker.bootstrapServers(), TOPICS, directory.resolve("models"));
    job.publish(VERSION);
    images = IntStream.range(0, IMAGES).mapToObj(TestingReleases::image).toList();
    try (QuadrupletNetwork network = TestingReleases.network(VERSION)) {
      vectors = network.embed(images);
    }
    job.release(VERSION);
    for (int i = 0; i < IMAGES; i++) {
      job.embed(id(i), i % 5 == 4 ? null : "class-" + i % 5, VERSION, vectors[i]);
    }
    long sent = job.sent();
    service = SearchService.start(settings(TOPICS));
    client = new TestingClient(service.address());
    client.awaitRecords(sent);
  }

  @AfterAll
  static void stop() {
    service.close();
    job.close();
    broker.close();
  }

  private static void createTopics(Topics topics) {
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, 1);
    }
  }

  private static SearchSettings settings(Topics topics) {
    return settings(topics, Optional.empty());
  }

  private static SearchSettings settings(Topics topics, Optional<Path> snapshot) {
    return new SearchSettings(
        broker.connection(),
        topics,
        new org.apache.flink.core.fs.Path(directory.resolve("models").toUri()),
        TestingReleases.NETWORK,
        topics.prefix() + "search",
        0.01,
        new SearchSettings.Images(shape -> new ImageDecoder(shape, LIMITS), LIMITS),
        new SearchSettings.Indexes(snapshot, EXACT_UP_TO),
        Binding.loopback(0));
  }

  private static String id(int number) {
    return number == 7 ? STRANGE_ID : "image-" + number;
  }

  @Test
  void anImageFindsItselfByTheReleasedModelWithGOfEachCandidate() {
    byte[] png = PixelImages.toPng(images.get(3));

    Answer answer = client.post("/v1/search/image?k=4", png);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("run").asText()).isEqualTo(TestingReleases.RUN);
    assertThat(answer.json().path("release").asLong()).isEqualTo(VERSION);
    JsonNode candidates = answer.json().path("candidates");
    assertThat(candidates).hasSize(4);
    assertThat(candidates.get(0).path("id").asText()).isEqualTo(id(3));
    assertThat(candidates.get(0).path("similarity").asDouble()).isCloseTo(1, within(1e-6));
    assertThat(ids(answer)).isEqualTo(nearest(vectors[3], 4, Set.of()));
    try (QuadrupletNetwork network = TestingReleases.network(VERSION)) {
      UnitEmbeddings all = new UnitEmbeddings(vectors);
      int[] rows = ids(answer).stream().mapToInt(SearchIT::number).toArray();
      float[] learned = ReRanking.distances(network.metric(), all, 3, all, rows);
      for (int i = 0; i < rows.length; i++) {
        assertThat(candidates.get(i).path("g").asDouble()).isCloseTo(learned[i], within(1e-5));
      }
    }
    String base64 = Base64.getEncoder().encodeToString(png);
    assertThat(client.post("/v1/search", "{\"image\":\"%s\",\"k\":4}".formatted(base64)).json())
        .isEqualTo(answer.json());
    JsonNode embedded = client.post("/v1/embed", png).json().path("vector");
    for (int d = 0; d < vectors[3].length; d++) {
      assertThat(embedded.get(d).asDouble()).isCloseTo(vectors[3][d], within(1e-5));
    }
  }

  @Test
  void anIdFindsOthersAndAVectorFindsAll() {
    Answer byId = client.post("/v1/search", json(Map.of("id", STRANGE_ID, "k", 1_000)));
    Answer byVector =
        client.post(
            "/v1/search",
            json(
                Map.of(
                    "vector", vectors[7], "k", 5, "run", TestingReleases.RUN, "release", VERSION)));

    assertThat(ids(byId)).isEqualTo(nearest(vectors[7], IMAGES, Set.of(STRANGE_ID)));
    assertThat(ids(byId)).as("k above the gallery").hasSize(IMAGES - 1);
    assertThat(ids(byVector)).isEqualTo(nearest(vectors[7], 5, Set.of()));
    Answer image = client.get("/v1/image?id=" + URLEncoder.encode(STRANGE_ID, UTF_8));
    assertThat(image.json().path("id").asText()).isEqualTo(STRANGE_ID);
    assertThat(image.json().path("label").asText()).isEqualTo("class-2");
  }

  @Test
  void neighboursAreOfTheLabelsThatAreAskedForAndInTheOrderOfGOnRequest() {
    Answer filtered =
        client.post("/v1/search", json(Map.of("id", id(0), "labels", List.of("class-1", "none"))));
    Answer reRanked = client.post("/v1/search", json(Map.of("id", id(0), "k", 8, "rerank", true)));

    assertThat(ids(filtered)).hasSize(8).allMatch(id -> number(id) % 5 == 1);
    assertThat(ids(client.post("/v1/search/image?label=class-1", PixelImages.toPng(images.get(0)))))
        .isEqualTo(ids(filtered));
    assertThat(
            ids(
                client.post(
                    "/v1/search/image?k=1000&label=class-1&label=class-2",
                    PixelImages.toPng(images.get(0)))))
        .hasSize(16)
        .allMatch(id -> number(id) % 5 == 1 || number(id) % 5 == 2);
    List<Double> learned = new ArrayList<>();
    reRanked.json().path("candidates").forEach(each -> learned.add(each.path("g").asDouble()));
    assertThat(learned).hasSize(8).isSorted();
    List<Double> all = new ArrayList<>();
    client
        .post("/v1/search", json(Map.of("id", id(0), "k", 1_000)))
        .json()
        .path("candidates")
        .forEach(each -> all.add(each.path("g").asDouble()));
    all.sort(Comparator.naturalOrder());
    assertThat(learned).isEqualTo(all.subList(0, 8));
  }

  @Test
  void aBatchIsAnsweredInItsOrder() {
    Map<String, Object> first = Map.of("id", id(1), "k", 3);
    Map<String, Object> second = Map.of("vector", vectors[2], "k", 2);

    JsonNode answers =
        client
            .post("/v1/search/batch", json(Map.of("queries", List.of(first, second))))
            .json()
            .path("answers");

    assertThat(answers.get(0)).isEqualTo(client.post("/v1/search", json(first)).json());
    assertThat(answers.get(1)).isEqualTo(client.post("/v1/search", json(second)).json());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST /v1/search | {"vector":[1,2]} | 400 | has 2 numbers; those of this release have 16
          POST /v1/search | {"vector":[1e99,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]} | 400 | Infinity
          POST /v1/search | {"vector":["NaN",0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]} | 400 | NaN
          POST /v1/search | {"vector":[null,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0]} | 400 | null
          POST /v1/search | {"vector":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]} | 400 | has length 0.00; an embedding has length 1
          POST /v1/search | {"vector":[3,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0]} | 400 | has length 5.00
          POST /v1/search | {"vector":[1,[0]]} | 400 | openapi.json
          POST /v1/search | {"id":"nobody","id":"image-1"} | 400 | 'id'
          POST /v1/search/batch | {"queries":[{"id":"image-1","k":1,"k":2}]} | 400 | 'k'
          POST /v1/search | {"id":"image-1","k":1.5} | 400 | openapi.json
          POST /v1/search | {"id":"image-1","k":99999999999} | 400 | k is 1 to 1000, not 99999999999
          POST /v1/search | {"id":"image-1","label":"class-1"} | 400 | label
          POST /v1/search | {"id":"image-1"} {} | 400 | openapi.json
          POST /v1/search | {"id":"image-1","rerank":"perhaps"} | 400 | openapi.json
          POST /v1/search | {"id":"image-1","k":0} | 400 | k is 1 to 1000, not 0
          POST /v1/search | {"id":"image-1","k":1001} | 400 | k is 1 to 1000
          POST /v1/search | {"id":"image-1","k":"many"} | 400 | openapi.json
          POST /v1/search | {"id":"image-1","vector":[]} | 400 | here are 2
          POST /v1/search | {"id":"image-1","run":"run-1","release":8} | 409 | release 8 of run run-1 is not here
          POST /v1/search | {"id":"image-1","release":16} | 400 | together
          POST /v1/search | {} | 400 | here are 0
          POST /v1/search | [] | 400 | openapi.json
          POST /v1/search | {"id": | 400 | openapi.json
          POST /v1/search | null | 400 | openapi.json
          POST /v1/search | {"id":"nobody"} | 404 | No image of that id
          POST /v1/search | {"image":"no base64!"} | 400 | openapi.json
          POST /v1/search | {"image":"aGVsbG8="} | 422 | image
          POST /v1/search/batch | {"queries":[]} | 400 | 1 to 100
          POST /v1/search/batch | {"queries":[null]} | 400 | 1 to 100
          POST /v1/search/batch | {"queries":[{"id":"image-1"},{"id":"nobody"}]} | 404 | No image
          POST /v1/search/image | no picture | 422 | image
          POST /v1/search/image?k=x | no picture | 400 | whole number
          POST /v1/search/image?k=1.5 | no picture | 400 | whole number
          POST /v1/search/image?k=99999999999 | no picture | 400 | k is 1 to 1000, not 99999999999
          POST /v1/search/image?rerank=yes | no picture | 400 | 'rerank' is true or false
          POST /v1/search/image?labels=class-1 | no picture | 400 | no parameter 'labels' here
          POST /v1/search/image?k=5&rerank | no picture | 400 | 'rerank' is true or false
          POST /v1/search/image?k=5&k=6 | no picture | 400 | 'k' is here twice
          POST /v1/search?k=3&rerank=true | {"id":"image-1"} | 400 | no parameter
          POST /v1/embed | no picture | 422 | image
          POST /v1/embed?run=run-1 | no picture | 400 | no parameter 'run' here
          POST /v1/embed | '' | 422 | empty
          POST /v1/serve?run=run-1&release=99 | '' | 404 | release 99 of run run-1
          POST /v1/serve?run=run-1 | '' | 400 | release
          POST /v1/serve?release=16 | '' | 400 | together
          POST /v1/serve?run=run-1&release=-1 | '' | 400 | whole number
          PUT /v1/search | {"id":"image-1"} | 404 | openapi.json
          POST /v1/nothing?k=1 | '' | 404 | openapi.json
          GET /v1/search | '' | 404 | openapi.json
          GET /v1/image?id=nobody | '' | 404 | No image of that id
          GET /v1/image | '' | 400 | 'id'
          GET /v1/image?id=image-1&release=5 | '' | 400 | no parameter 'release' here
          DELETE /v1/image | '' | 400 | 'id'
          DELETE /v1/image?id=image-1&run=run-1&release=5 | '' | 400 | no parameter 'run' here
          DELETE /v1/image?id=image-1&id=image-2 | '' | 400 | 'id' is here twice
          """)
  void whatCannotBeAnsweredIsSaidInASentence(
      String request, String body, int status, String words) {
    String path = request.substring(request.indexOf(' ') + 1);
    Answer answer =
        request.startsWith("POST")
            ? client.post(path, body)
            : request.startsWith("GET")
                ? client.get(path)
                : request.startsWith("PUT") ? client.put(path, body) : client.delete(path);

    assertThat(answer.status()).as(answer.problem()).isEqualTo(status);
    assertThat(answer.problem()).contains(words);
    assertThat(client.get("/v1/status").status()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    assertThat(client.post("/v1/search/image", new byte[100_001]).status()).isEqualTo(413);
    assertThat(client.post("/v1/search", new byte[2_000_000]).status()).isEqualTo(413);
    assertThat(client.post("/v1/nothing", new byte[20_000_000]).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"python, search.py, python3", "java, Search.java, java"})
  void theClientsOfTheDocumentationFindTheImage(String language, String name, String program)
      throws Exception {
    assumeTrue(!program.equals("python3") || isInstalled("python3"), "There is no python3.");
    String page = Files.readString(Path.of("docs/search.md"));
    int start = page.indexOf("```" + language) + language.length() + 4;
    Path client =
        Files.writeString(
            directory.resolve(name), page.substring(start, page.indexOf("```", start)));
    Path photo = Files.write(directory.resolve("photo.png"), PixelImages.toPng(images.get(9)));

    Process process =
        new ProcessBuilder(program, client.toString(), service.address(), photo.toString())
            .redirectErrorStream(true)
            .start();

    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).contains(id(9));
    assertThat(process.waitFor()).isZero();
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  @Test
  void slowClientsKeepNobodyOut() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 48; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
        slow.add(socket);
        String head =
            "POST /v1/search/image HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\nx";
        socket.getOutputStream().write(head.getBytes(US_ASCII));
      }
      for (int i = 0; i < 5; i++) {
        assertThat(ids(client.post("/v1/search/image", PixelImages.toPng(images.get(i)))).get(0))
            .isEqualTo(id(i));
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void itsDescriptionNamesEveryAddressAndNoOther() {
    JsonNode paths = client.get("/openapi.json").json().path("paths");
    Set<String> described = new HashSet<>();
    paths
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            described.add(
                                method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));

    assertThat(described).hasSize(12);
    for (String each : described) {
      String path = each.substring(each.indexOf(' ') + 1);
      if (each.equals("GET /metrics")) {
        assertThat(client.text(path)).contains("quadstream_search_images ");
      } else if (each.startsWith("GET")) {
        assertThat(client.get(path).problem()).doesNotContain("/openapi.json tells");
      } else if (each.startsWith("POST")) {
        assertThat(client.post(path, "").problem()).doesNotContain("/openapi.json tells");
      } else {
        assertThat(client.delete(path).problem()).doesNotContain("/openapi.json tells");
      }
    }
  }

  @Test
  void aDeletionIsSeenWithinASecondAndReachesTheJob() {
    Topics topics = new Topics("deleted.");
    createTopics(topics);
    try (TestingReleases own =
            new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("none"));
        SearchService searched = SearchService.start(settings(topics))) {
      TestingClient asking = new TestingClient(searched.address());
      own.embed(STRANGE_ID, "cup", 1, new float[] {1, 0});
      own.embed("other", "cup", 1, new float[] {0, 1});
      own.embed("of a release that is not served", "cup", 2, new float[] {0, 1});
      asking.awaitRecords(own.sent());
      String query = "?id=" + URLEncoder.encode(STRANGE_ID, UTF_8);

      Answer deleted = asking.delete("/v1/image" + query);
      assertThat(deleted.status()).isEqualTo(200);
      assertThat(deleted.json().path("wasSearchable").asBoolean()).isTrue();
      Answer unserved = asking.delete("/v1/image?id=of+a+release+that+is+not+served");
      assertThat(unserved.json().path("wasSearchable").asBoolean()).isTrue();
      Answer unknown = asking.delete("/v1/image?id=in+a+window");
      assertThat(unknown.status()).isEqualTo(200);
      assertThat(unknown.json().path("wasSearchable").asBoolean(true)).isFalse();

      await()
          .atMost(Duration.ofSeconds(1))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> asking.get("/v1/image" + query).status() == 404);
      assertThat(ids(asking.post("/v1/search", json(Map.of("vector", new float[] {1, 0})))))
          .containsExactly("other");
      try (TopicReader reader =
          new TopicReader(broker.connection(), topics.images(), TopicReader.Start.BEGINNING)) {
        assertThat(TestingReads.take(reader, 3, Duration.ofMinutes(1)))
            .allMatch(tombstone -> tombstone.value() == null)
            .extracting(tombstone -> new String(tombstone.key(), UTF_8))
            .containsExactly(STRANGE_ID, "of a release that is not served", "in a window");
      }
    }
  }

  /** The service is gone while some of them are asked. */
  @Test
  void eachQuestionIsAnsweredOnceItIsCaughtUpAndNoneTwiceForWantOfMemory() throws Exception {
    Topics topics = new Topics("asked.");
    createTopics(topics);
    Map<String, MatchMessage> answers = new HashMap<>();
    try (TestingReleases own =
            new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("models"));
        TopicReader matches =
            new TopicReader(broker.connection(), topics.matches(), TopicReader.Start.BEGINNING)) {
      own.embed("of a release that has gone", null, 1, vectors[4]);
      own.embed("before", null, VERSION, vectors[0]);
      own.embed("cup", "cup", VERSION, vectors[1]);
      own.embed("labelled meanwhile", null, VERSION, vectors[2]);
      own.embed("labelled meanwhile", "jug", VERSION, vectors[2]);
      own.embed("deleted meanwhile", null, VERSION, vectors[3]);
      own.remove("deleted meanwhile");
      try (SearchService searched = SearchService.start(settings(topics))) {
        new TestingClient(searched.address()).awaitRecords(own.sent());
        take(matches, 3, answers);
        assertThat(answers.keySet())
            .containsExactlyInAnyOrder("before", "deleted meanwhile", "of a release that has gone");
        MatchMessage incomparable = answers.get("of a release that has gone");
        assertThat(incomparable.verdict()).isEqualTo("unsure");
        assertThat(incomparable.release()).isEqualTo(1);
        assertThat(incomparable.candidates()).isEmpty();
        assertThat(answers.get("deleted meanwhile")).as("a tombstone").isNull();
        MatchMessage before = answers.get("before");
        assertThat(before.verdict()).as("not calibrated").isEqualTo("unsure");
        assertThat(before.threshold()).isNull();
        assertThat(before.release()).isEqualTo(VERSION);
        assertThat(before.candidates())
            .extracting(MatchMessage.Candidate::label)
            .containsExactlyInAnyOrder("cup", "jug");
        assertThat(before.candidates()).allMatch(candidate -> candidate.g() != null);

        own.embed("live", null, VERSION, vectors[1]);
        own.sent();
        take(matches, 1, answers);
        assertThat(answers.get("live").candidates().get(0).id()).isEqualTo("cup");
        awaitCommit(topics, own.sent());
      }
      own.embed("while it is gone", null, VERSION, vectors[5]);
      own.remove("live");
      own.sent();
      try (SearchService searched = SearchService.start(settings(topics))) {
        answers.clear();
        take(matches, 2, answers);
        assertThat(answers.keySet()).containsExactlyInAnyOrder("while it is gone", "live");
        assertThat(answers.get("live")).isNull();
        assertThat(new TestingClient(searched.address()).text("/metrics"))
            .contains("quadstream_search_answers_total{verdict=\"unsure\"} 1");
      }
    }
  }

  private static void take(TopicReader matches, int count, Map<String, MatchMessage> answers)
      throws IOException {
    for (ConsumerRecord<byte[], byte[]> record :
        TestingReads.take(matches, count, Duration.ofMinutes(1))) {
      byte[] answer = record.value();
      if (answer != null) {
        TestingSchemas.assertFits("match", answer);
      }
      answers.put(
          new String(record.key(), UTF_8),
          answer == null ? null : JsonMessages.read(answer, MatchMessage.class));
    }
  }

  /** One by a record that makes every answer near to it too large for Kafka. */
  @Test
  void aQuestionThatCannotBeAnsweredKeepsNoOtherWaiting() throws Exception {
    Topics topics = new Topics("unanswerable.");
    createTopics(topics);
    Map<String, MatchMessage> answers = new HashMap<>();
    try (TestingReleases own =
            new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("none"));
        TopicReader matches =
            new TopicReader(broker.connection(), topics.matches(), TopicReader.Start.BEGINNING)) {
      for (int i = 0; i < 4; i++) {
        own.embed("long".repeat(75_000) + i, "cup", VERSION, new float[] {1, 0});
      }
      own.embed("near to them", null, VERSION, new float[] {1, 0});
      // Nor does an answer without candidates fit into a record.
      byte[] large =
          new EmbeddingMessage(
                  TestingReleases.RUN,
                  "x".repeat(600_000),
                  null,
                  VERSION,
                  VERSION,
                  0,
                  new float[] {1, 0})
              .toProducerRecord(topics.embeddings())
              .value();
      own.send(new ProducerRecord<>(topics.embeddings(), "short".getBytes(UTF_8), large));
      for (int i = 0; i < 5; i++) {
        own.embed(id(i), "jug", VERSION, new float[] {-1, 0});
      }
      own.embed("another", null, VERSION, new float[] {-1, 0});
      own.sent();
      try (SearchService searched = SearchService.start(settings(topics))) {
        take(matches, 2, answers);
        assertThat(answers.get("near to them").candidates()).isEmpty();
        assertThat(answers.get("near to them").verdict()).isEqualTo("unsure");
        assertThat(answers.get("another").candidates()).hasSize(5);
      }
    }
  }

  @Test
  void topicsThatAreMadeAnewWhileItRunsAreReadFromTheirStart() throws Exception {
    Topics topics = new Topics("renewed.");
    createTopics(topics);
    Map<String, MatchMessage> answers = new HashMap<>();
    try (TestingReleases own =
            new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("none"));
        SearchService searched = SearchService.start(settings(topics))) {
      TestingClient asking = new TestingClient(searched.address());
      for (int i = 0; i < 9; i++) {
        own.embed(id(i), "cup", VERSION, vectors[i]);
      }
      own.embed("asked before", null, VERSION, vectors[9]);
      asking.awaitRecords(own.sent());
      awaitCommit(topics, own.sent());

      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
        admin.deleteTopics(topics.all()).all().get();
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> admin.listTopics().names().get().stream().noneMatch(topics.all()::contains));
      }
      createTopics(topics);
      try (TestingReleases other =
              new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("none"));
          TopicReader matches =
              new TopicReader(broker.connection(), topics.matches(), TopicReader.Start.BEGINNING)) {
        other.embed("new", "jug", VERSION, vectors[0]);
        other.embed("asked", null, VERSION, vectors[1]);
        other.sent();
        take(matches, 1, answers);
        assertThat(answers.get("asked").candidates())
            .extracting(MatchMessage.Candidate::id)
            .containsExactly("new");
        assertThat(asking.get("/v1/status").json().path("images").asInt()).isEqualTo(2);
      }
    }
  }

  /** Waits until that many records of the embeddings need no answer any more. */
  private static void awaitCommit(Topics topics, long records) {
    try (AnswersTopic answers = new AnswersTopic(broker.connection(), topics.prefix() + "search")) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> Long.valueOf(records).equals(answers.unanswered(topics.embeddings()).get(0)));
    }
  }

  /** Images of a class are equal here: enough trials for 1 %, and a clear answer. */
  @Test
  void withEnoughTrialsQuestionsAreKnownOrNew() throws Exception {
    Topics topics = new Topics("calibrated.");
    createTopics(topics);
    SplittableRandom random = new SplittableRandom(3);
    Map<String, MatchMessage> answers = new HashMap<>();
    try (TestingReleases own =
            new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("none"));
        TopicReader matches =
            new TopicReader(broker.connection(), topics.matches(), TopicReader.Start.BEGINNING)) {
      float[][] classes = new float[700][];
      for (int number = 0; number < classes.length; number++) {
        classes[number] = TestingVectors.unit(8, random);
        own.embed("first-" + number, "class-" + number, 0, 0, classes[number]);
        own.embed("second-" + number, "class-" + number, 0, 1, classes[number]);
      }
      own.embed("while it was away", null, 0, 2, classes[9]);
      try (SearchService searched = SearchService.start(settings(topics))) {
        TestingClient asking = new TestingClient(searched.address());
        asking.awaitRecords(own.sent());
        take(matches, 1, answers);
        assertThat(answers.get("while it was away").label()).isEqualTo("class-9");
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> asking.get("/v1/status").json().at("/thresholds/0/impostors").asInt() == 700);
        JsonNode thresholds = asking.get("/v1/status").json().path("thresholds");
        assertThat(thresholds.at("/0/independent").asDouble()).isBetween(299.0, 349.5);
        assertThat(thresholds.at("/0/known").asDouble()).isBetween(0.5, 0.99999);
        assertThat(thresholds.at("/1/known").isNull()).as("0.1 % needs 2,995").isTrue();

        own.embed("the same", null, 0, 2, classes[7]);
        own.embed("another", null, 0, 2, TestingVectors.unit(8, random));
        own.sent();
        take(matches, 2, answers);

        assertThat(answers.get("the same").verdict()).isEqualTo("known");
        assertThat(answers.get("the same").label()).isEqualTo("class-7");
        assertThat(answers.get("another").verdict()).isEqualTo("new");
        assertThat(answers.get("another").label()).isNull();
      }
    }
  }

  @Test
  void recordsThatAreNoneAreCountedAndWhatComesAfterThemIsSearched() {
    Topics topics = new Topics("strange.");
    createTopics(topics);
    try (TestingReleases own =
        new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("none"))) {
      own.send(new ProducerRecord<>(topics.embeddings(), new byte[] {1}, new byte[] {2}));
      own.send(
          new ProducerRecord<>(
              topics.releases(), TestingReleases.NETWORK.getBytes(UTF_8), new byte[] {'{'}));
      own.send(
          new ProducerRecord<>(
              topics.embeddings(),
              "old".getBytes(UTF_8),
              "{\"run\":\"r\",\"id\":\"old\",\"label\":\"cup\",\"modelVersion\":1,\"window\":0,\"vector\":[1,0]}"
                  .getBytes(UTF_8)));
      own.embed("first", "cup", 1, new float[] {1, 0});
      own.embed("longer", "cup", 1, new float[] {1, 0, 0});
      try (SearchService searched = SearchService.start(settings(topics))) {
        TestingClient asking = new TestingClient(searched.address());
        asking.awaitRecords(own.sent());

        assertThat(asking.get("/v1/status").json().path("skippedRecords").asInt()).isEqualTo(4);
        assertThat(ids(asking.post("/v1/search", json(Map.of("vector", new float[] {1, 0})))))
            .containsExactly("first");
        Answer byImage = asking.post("/v1/search/image", PixelImages.toPng(images.get(0)));
        assertThat(byImage.status()).as("its model is not in the registry").isEqualTo(409);
        assertThat(byImage.problem()).contains("release 1 of run run-1");
        assertThat(asking.post("/v1/search", json(Map.of("id", "first", "rerank", true))).status())
            .as("nothing to re-rank")
            .isEqualTo(200);
      }
    }
  }

  @Test
  void itGoesOnFromItsSnapshotOrWhereThatIsOfNoUseFromTheStart() throws Exception {
    Topics topics = new Topics("kept.");
    createTopics(topics);
    Path snapshot = directory.resolve("kept").resolve("snapshot");
    try (TestingReleases own =
        new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("none"))) {
      own.release(VERSION);
      for (int i = 0; i < 8; i++) {
        own.embed(id(i), "cup", VERSION, vectors[i]);
      }
      assertThat(recordsAndImages(topics, snapshot, own.sent())).containsExactly(9, 8);

      own.embed(id(8), "cup", VERSION, vectors[8]);
      own.remove(id(0));
      own.sent();
      assertThat(recordsAndImages(topics, snapshot, 2)).as("goes on").containsExactly(2, 8);
      assertThat(recordsAndImages(topics, snapshot, 0)).as("nothing new").containsExactly(0, 8);

      byte[] damaged = Files.readAllBytes(snapshot);
      damaged[damaged.length / 2]++;
      Files.write(snapshot, damaged);
      assertThat(recordsAndImages(topics, snapshot, 11)).as("damaged").containsExactly(11, 8);
      assertThat(recordsAndImages(topics, snapshot, 0)).as("mended").containsExactly(0, 8);

      try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topics.embeddings());
        ConfigEntry brief = new ConfigEntry(TopicConfig.DELETE_RETENTION_MS_CONFIG, "1");
        admin
            .incrementalAlterConfigs(
                Map.of(topic, List.of(new AlterConfigOp(brief, AlterConfigOp.OpType.SET))))
            .all()
            .get();
      }
      assertThat(recordsAndImages(topics, snapshot, 0))
          .as("older than deletions stay, of which none can have come")
          .containsExactly(0, 8);
      own.embed(id(9), "cup", VERSION, vectors[9]);
      assertThat(recordsAndImages(topics, snapshot, own.sent()))
          .as("older than deletions stay")
          .containsExactly(12, 9);
    }
    Topics other = new Topics("kept-too.");
    createTopics(other);
    try (TestingReleases own =
        new TestingReleases(broker.bootstrapServers(), other, directory.resolve("none"))) {
      own.embed("other", "cup", VERSION, vectors[0]);
      assertThat(recordsAndImages(other, snapshot, own.sent()))
          .as("of other topics")
          .containsExactly(1, 1);
    }
  }

  /** How many records it reads after its start, and how many images it then has. */
  private static List<Integer> recordsAndImages(Topics topics, Path snapshot, long records) {
    try (SearchService searched = SearchService.start(settings(topics, Optional.of(snapshot)))) {
      TestingClient asking = new TestingClient(searched.address());
      asking.awaitRecords(records);
      JsonNode status = asking.get("/v1/status").json();
      return List.of(status.path("records").asInt(), status.path("images").asInt());
    }
  }

  @Test
  void untilTheTopicsCanBeReadItIsHealthyButNotReady() {
    try (SearchService searched = SearchService.start(settings(new Topics("missing.")))) {
      TestingClient asking = new TestingClient(searched.address());

      assertThat(asking.get("/health").status()).isEqualTo(200);
      assertThat(asking.get("/ready").status()).isEqualTo(503);
      assertThat(asking.post("/v1/search", "{\"id\":\"x\"}").status()).isEqualTo(503);
    }
  }

  @Test
  void beyondThisMachineItAsksForATokenButNotThoseWhoWatch() {
    SearchSettings settings = settings(TOPICS);
    SearchSettings open =
        new SearchSettings(
            settings.kafka(),
            TOPICS,
            settings.registry(),
            settings.networkName(),
            settings.group(),
            settings.falseAcceptRate(),
            settings.images(),
            settings.indexes(),
            new Binding("0.0.0.0", 0, "a-token-of-mine"));
    try (SearchService searched = SearchService.start(open)) {
      TestingClient asking = new TestingClient("http://127.0.0.1:" + searched.port());
      assertThat(asking.get("/v1/status").status()).isEqualTo(401);
      assertThat(asking.get("/v1/status?token=a-token-of-mine").status()).isEqualTo(200);
      await().atMost(Duration.ofMinutes(1)).until(() -> asking.get("/ready").status() == 200);
    }
  }

  /** The program is killed and started again between the points. */
  @Tag("long")
  @Test
  void itAnswersAsBruteForceOverTheTopicDoesAtEveryPoint() {
    Topics topics = new Topics("killed.");
    createTopics(topics);
    SplittableRandom random = new SplittableRandom(29);
    Map<Long, Map<String, float[]>> expected = new HashMap<>();
    Map<String, String> labels = new HashMap<>();
    long live = 1;
    try (TestingReleases own =
        new TestingReleases(broker.bootstrapServers(), topics, directory.resolve("none"))) {
      own.release(live);
      TestingProgram program = null;
      TestingClient asking = null;
      try {
        for (int point = 0; point < 200; point++) {
          if (point % 70 == 0) {
            if (program != null) {
              program.close();
            }
            program = start(topics, point);
            asking = new TestingClient(program.awaitAfter("Search at ").split(",", 2)[0]);
          }
          if (point % 60 == 59) {
            live++;
            own.release(live);
          }
          for (int record = 0; record < 20; record++) {
            String id = "image-" + random.nextInt(120);
            if (random.nextInt(6) == 0) {
              own.remove(id);
              expected.values().forEach(release -> release.remove(id));
            } else {
              float[] vector = TestingVectors.unit(8, random);
              labels.put(id, "class-" + random.nextInt(4));
              own.embed(id, labels.get(id), live, vector);
              expected.computeIfAbsent(live, release -> new HashMap<>()).put(id, vector);
            }
          }
          asking.awaitRecords(own.sent());
          assertAnswers(asking, expected, live, random);
        }
      } finally {
        if (program != null) {
          program.close();
        }
      }
    }
  }

  private static TestingProgram start(Topics topics, int point) {
    return TestingProgram.start(
        directory.resolve("search-" + point + ".log"),
        List.of(
            "search",
            "--port=0",
            "--set=kafka.bootstrap-servers=" + broker.bootstrapServers(),
            "--set=kafka.topic-prefix=" + topics.prefix(),
            "--set=network.name=" + TestingReleases.NETWORK,
            "--set=registry.directory=" + directory.resolve("none")));
  }

  private static void assertAnswers(
      TestingClient asking,
      Map<Long, Map<String, float[]>> expected,
      long live,
      SplittableRandom random) {
    float[] probe = TestingVectors.unit(8, random);
    Answer answer = asking.post("/v1/search", json(Map.of("vector", probe, "k", 10)));
    long served = answer.json().path("release").asLong();
    Map<String, float[]> gallery = expected.get(served);

    assertThat(answer.json().path("images").asInt()).isEqualTo(gallery.size());
    assertThat(ids(answer))
        .isEqualTo(
            gallery.keySet().stream()
                .sorted(
                    Comparator.comparingDouble(
                            (String id) -> TestingVectors.squared(gallery.get(id), probe))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(10)
                .toList());
    Set<String> covered = new HashSet<>(gallery.keySet());
    covered.retainAll(expected.getOrDefault(live, Map.of()).keySet());
    assertThat(served == live || covered.size() < 0.995 * gallery.size())
        .as(
            "release %d is served, %d is live and has %d of %d",
            served, live, covered.size(), gallery.size())
        .isTrue();
  }

  private static List<String> nearest(float[] probe, int count, Set<String> except) {
    return IntStream.range(0, IMAGES)
        .boxed()
        .filter(i -> !except.contains(id(i)))
        .sorted(
            Comparator.comparingDouble((Integer i) -> TestingVectors.squared(vectors[i], probe))
                .thenComparing(SearchIT::id))
        .limit(count)
        .map(SearchIT::id)
        .toList();
  }

  private static int number(String id) {
    return id.equals(STRANGE_ID) ? 7 : Integer.parseInt(id.substring("image-".length()));
  }

  private static List<String> ids(Answer answer) {
    List<String> ids = new ArrayList<>();
    answer.json().path("candidates").forEach(each -> ids.add(each.path("id").asText()));
    return ids;
  }

  private static String json(Object message) {
    return new String(JsonMessages.write(message), UTF_8);
  }
}
