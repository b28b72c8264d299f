package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.stream.options.PipelineSettings;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The costliest pictures that are taken, progressive JPEGs whose coefficients the codec keeps in
 * native memory, all at once in a JVM with the options that docker-compose.yml gives to the page.
 */
@Tag("long")
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class UploadMemoryIT {

  private static final int AT_ONCE = 8;

  /** Of 58 MB, a little less than a quarter of the page's heap. */
  private static final int TAKEN = 4_400;

  /** Of 147 MB. */
  private static final int REFUSED = 7_000;

  @TempDir private Path directory;

  @Test
  void uploadsShareABudgetThatIsFarFromThePagesLimit() throws Exception {
    Path taken = progressive(TAKEN);
    Path refused = progressive(REFUSED);
    MemorySize limit =
        MemorySize.parse((String) TestingDeployment.services().get("dashboard").get("mem_limit"));

    List<String> said = decode(taken, refused);

    assertThat(said.subList(0, 2))
        .containsExactly(AT_ONCE + " taken", AT_ONCE + " TOO_MANY_PIXELS");
    assertThat(MemorySize.parse(said.get(2)).getBytes())
        .as("the most that the process has had")
        .isLessThan(limit.getBytes() / 2);
  }

  private List<String> decode(Path... files) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String options =
        (String)
            TestingDeployment.map(TestingDeployment.services().get("dashboard").get("environment"))
                .get("QUADSTREAM_JVM_OPTIONS");
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Uploads.class.getName()));
    for (Path file : files) {
      command.add(file.toString());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    Process process = builder.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor()).as(lines.toString()).isZero();
    return lines;
  }

  private Path progressive(int side) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.ORANGE);
    graphics.fillOval(side / 8, side / 8, side / 2, side / 3);
    graphics.dispose();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    Path file = directory.resolve(side + ".jpg");
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return file;
  }

  /** The process: decodes each file as often as it may come at once, and says what it took. */
  static final class Uploads {

    private Uploads() {}

    public static void main(String[] files) throws Exception {
      ExecutorService uploads = Executors.newFixedThreadPool(AT_ONCE);
      for (String file : files) {
        byte[] content = Files.readAllBytes(Path.of(file));
        List<Callable<String>> all = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          all.add(() -> outcome(content.clone()));
        }
        List<String> outcomes = new ArrayList<>();
        for (Future<String> outcome : uploads.invokeAll(all)) {
          outcomes.add(outcome.get());
        }
        long same = outcomes.stream().filter(outcomes.get(0)::equals).count();
        System.out.println(same + " " + outcomes.get(0));
      }
      uploads.shutdown();
      System.out.println(
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("VmHWM"))
              .map(line -> line.replaceAll("\\D", "") + "kb")
              .findFirst()
              .orElseThrow());
    }

    private static String outcome(byte[] content) {
      PipelineSettings settings = PipelineSettings.of(new Configuration());
      ImageDecoder decoder = settings.imageDecoder(settings.shape());
      try {
        decoder.decode(content);
        return "taken";
      } catch (UndecodableImageException e) {
        return e.reason().name();
      }
    }
  }
}
