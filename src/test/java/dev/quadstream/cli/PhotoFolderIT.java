package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quadstream.cli.demo.DemoSummary;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.serve.web.TestingProgram;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What someone with a folder of phone photos gets from one command: a number, a page, and the
 * reason of every file that was not used.
 */
@EnabledOnOs(OS.LINUX)
class PhotoFolderIT {

  @TempDir private Path directory;

  @Test
  void aZipOfPhotosComesToANumberAPageAndAnExplanation() throws Exception {
    TestingPhotos photos = TestingPhotos.in(directory.resolve("photos"), 8, 160, 240);
    Path zip = zip(photos.root(), directory.resolve("photos.zip"));

    String said = demo(photos, zip, 640);

    assertThat(said)
        .contains("photos: 168 images of 8 classes")
        .contains("pictures looked at, colour, ")
        .contains("3x64x64 (channels x height x width) through its medium trunk")
        .contains("640 in all")
        .contains("classes of which no file can be used: только HEIC")
        .contains(photos.copies() + " images are copies of another");
    Path options = directory.resolve("demo").resolve("quadstream.yaml");
    assertThat(said)
        .contains("produce --dataset " + zip + " --layout folder\n", "run --config " + options);
    assertThat(options).content().contains("network.trunk: 'MEDIUM'", "image.channels: '3'");
    assertThat(new TestingTerminal().run("config", "print", "--config=" + options)).isZero();
  }

  @Test
  @Tag("long")
  void twoThousandPhotosOfSixtyThingsDoTheSame() throws Exception {
    TestingPhotos photos = TestingPhotos.in(directory.resolve("photos"), 60, 2_000, 800);

    assertThat(demo(photos, photos.root(), 6_000)).contains("2,080 images of 60 classes");

    DemoSummary.HeldOut heldOut = summary().heldOut();
    assertThat(heldOut.concepts()).isEqualTo(30);
    assertThat(heldOut.trained()).isGreaterThan(0.2 + heldOut.rawPixels());
    assertThat(heldOut.trained()).isGreaterThan(0.2 + heldOut.untrained());
  }

  /**
   * Runs it with {@code --keep}, looks at what it left and shows, ends it; returns what it said.
   */
  private String demo(TestingPhotos photos, Path dataset, int images) throws Exception {
    try (TestingProgram demo =
        TestingProgram.start(
            directory.resolve("demo.log"),
            List.of(
                "demo",
                "--dataset=" + dataset,
                "--layout=folder",
                "--images=" + images,
                "--keep",
                "--headless",
                "--web-port=0",
                "--set=training.warm-up-windows=4",
                "--directory=" + directory.resolve("demo"),
                "--report=" + directory.resolve("summary.json")))) {
      URI page = URI.create(demo.awaitAfter("Live page at ") + "/");
      demo.awaitAfter("Broker and page stay");

      String said = demo.said();
      assertEachFileIsExplained(photos, said);
      assertThat(summary().training().images()).isEqualTo(images);
      assertThat(summary().health().deadLetters()).isZero();
      assertThat(summary().heldOut().trained()).isBetween(0.0, 1.0);
      assertThat(said).contains(summary().heldOut().hit().image() + " is nearest to ");
      assertThePageShowsWhatWasFound(page);
      assertThat(demo.interrupt()).isEqualTo(ExitCode.INTERRUPTED);
      assertThat(demo.temporary()).isEmptyDirectory();
      return said;
    }
  }

  private void assertEachFileIsExplained(TestingPhotos photos, String said) throws IOException {
    Map<String, String> reasons =
        Files.readAllLines(directory.resolve("demo").resolve("not-used.tsv")).stream()
            .skip(1)
            .map(line -> line.split("\t", -1))
            .collect(Collectors.toMap(cells -> cells[0], cells -> cells[1]));
    assertThat(reasons).containsOnlyKeys(photos.unusable().keySet());
    photos.unusable().forEach((name, why) -> assertThat(reasons.get(name)).as(name).contains(why));
    assertThat(said).contains("Not used are %,d files".formatted(reasons.size()));
    reasons.values().stream()
        .collect(Collectors.groupingBy(reason -> reason, Collectors.counting()))
        .forEach((reason, count) -> assertThat(said).contains("%,d %s".formatted(count, reason)));
  }

  private static void assertThePageShowsWhatWasFound(URI page) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest events = HttpRequest.newBuilder(page.resolve("events")).build();
    JsonNode result;
    try (Stream<String> lines = client.send(events, HttpResponse.BodyHandlers.ofLines()).body()) {
      Iterator<String> iterator = lines.iterator();
      do {
        while (!iterator.next().equals("event: heldOut")) {
          // Other parts of the page come first; the iterator waits for more.
        }
        result = new ObjectMapper().readTree(iterator.next().substring("data: ".length()));
      } while (result.isNull());
    }
    assertThat(result.path("recallAt1").isDouble()).isTrue();
    JsonNode hit = result.path("hit");
    assertThat(hit.path("foundLabel")).isEqualTo(hit.path("label"));
    for (String part : List.of("image", "found")) {
      String id = URLEncoder.encode(hit.path(part).asText(), StandardCharsets.UTF_8);
      HttpResponse<InputStream> picture =
          client.send(
              HttpRequest.newBuilder(page.resolve("api/thumbnail?id=" + id)).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(picture.statusCode()).isEqualTo(200);
      BufferedImage image = ImageIO.read(picture.body());
      assertThat(entry(image.getWidth(), image.getHeight())).isEqualTo(entry(64, 64));
    }
  }

  private DemoSummary summary() throws IOException {
    return JsonMessages.read(
        Files.readAllBytes(directory.resolve("summary.json")), DemoSummary.class);
  }

  private static Path zip(Path folder, Path file) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file));
        Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(folder.relativize(path).toString()));
        zip.write(Files.readAllBytes(path));
        zip.closeEntry();
      }
    }
    return file;
  }
}
