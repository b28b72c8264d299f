package dev.quadstream.network.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

public class ModelFileTest {

  private static final ModelInfo INFO =
      new ModelInfo(12, 0.25, 0.125, Map.of("name", "icons", "created", "2026"));

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void aModelReadIsTheModelWritten(MetricKind metric) throws Exception {
    try (QuadrupletNetwork network = trained(metric)) {
      LoadedModel model = TestingNetworks.read(ModelFile.write(network, INFO));
      try (QuadrupletNetwork read = model.network()) {
        assertThat(model.info()).isEqualTo(INFO);
        assertThat(read.spec()).isEqualTo(network.spec());
        assertThat(TestingNetworks.parameters(read)).isEqualTo(TestingNetworks.parameters(network));
        List<PixelImage> images = TestingNetworks.images(3, TestingNetworks.INPUT, 1);
        assertThat(read.embed(images)).isDeepEqualTo(network.embed(images));
      }
    }
  }

  @Test
  void aResidualTrunkIsReadBackAsItWasTrained() throws Exception {
    ImageShape shape = new ImageShape(3, 33, 48);
    NetworkSpec spec =
        new NetworkSpec(
            TrunkKind.RESIDUAL, shape, null, 16, MetricKind.LEARNED, UpdaterKind.ADAM, 1e-3, 7);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      TestingNetworks.train(network, TestingNetworks.values(4, shape.size(), 2));
      LoadedModel model = TestingNetworks.read(ModelFile.write(network, INFO));
      try (QuadrupletNetwork read = model.network()) {
        assertThat(read.spec()).isEqualTo(spec);
        assertThat(TestingNetworks.parameters(read)).isEqualTo(TestingNetworks.parameters(network));
        List<PixelImage> images = TestingNetworks.images(3, shape, 1);
        assertThat(read.embed(images)).isDeepEqualTo(network.embed(images));
      }
    }
  }

  @Test
  void aModelBehindABackboneSaysWhichAndEmbedsBehindNoOther() throws Exception {
    NetworkSpec spec = TestingNetworks.adapter(MetricKind.LEARNED, 24);
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      LoadedModel model = TestingNetworks.read(ModelFile.write(network, INFO));
      try (QuadrupletNetwork read = model.network()) {
        assertThat(read.spec()).isEqualTo(spec);
        assertThat(TestingNetworks.parameters(read)).isEqualTo(TestingNetworks.parameters(network));
        assertThatThrownBy(() -> read.embed(TestingNetworks.images(1, TestingNetworks.INPUT, 1)))
            .hasMessageContaining("abababababab");
        assertThatExceptionOfType(ModelFormatException.class)
            .isThrownBy(() -> parameters(ModelFile.write(network, INFO)).loadToEmbed())
            .withMessageContainingAll("abababababab", "network.backbone");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void aNetworkThatIsUsedAgainEmbedsAsOneOfItsOwn(MetricKind metric) throws Exception {
    List<PixelImage> images = TestingNetworks.images(3, TestingNetworks.INPUT, 1);
    try (QuadrupletNetwork network = trained(metric);
        QuadrupletNetwork again = QuadrupletNetwork.create(network.spec())) {
      again.embed(images);

      LoadedModel model =
          parameters(ModelFile.write(network, INFO)).load(again, EmbeddingPrecision.SINGLE);

      assertThat(model.network()).isSameAs(again);
      assertThat(TestingNetworks.parameters(again)).isEqualTo(TestingNetworks.parameters(network));
      assertThat(again.embed(images)).isDeepEqualTo(network.embed(images));
      int[] pair = {0};
      assertThat(
              again
                  .metric()
                  .distances(again.features(images, again.embed(images)), pair, new int[] {1}))
          .isEqualTo(
              network
                  .metric()
                  .distances(network.features(images, network.embed(images)), pair, new int[] {1}));
    }
  }

  @Test
  void aNetworkOfAnotherSpecificationOrUnderABadFileIsLeftAsItIs() throws Exception {
    try (QuadrupletNetwork network = trained(MetricKind.LEARNED);
        QuadrupletNetwork euclidean = trained(MetricKind.EUCLIDEAN);
        QuadrupletNetwork again = QuadrupletNetwork.create(network.spec())) {
      double[] before = TestingNetworks.parameters(again);

      LoadedModel other =
          parameters(ModelFile.write(euclidean, INFO)).load(again, EmbeddingPrecision.SINGLE);
      try (QuadrupletNetwork ofItsOwn = other.network()) {
        assertThat(ofItsOwn).isNotSameAs(again);
      }
      byte[] bytes = ModelFile.write(network, INFO);
      Map<String, byte[]> entries = TestingZip.unpack(bytes);
      entries.put("head.zip", entries.get("trunk.zip"));
      assertThatExceptionOfType(ModelFormatException.class)
          .isThrownBy(
              () -> parameters(StoredZip.pack(entries)).load(again, EmbeddingPrecision.SINGLE));
      assertThat(TestingNetworks.parameters(again)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void theSameParametersGiveTheSameBytes(MetricKind metric) throws Exception {
    try (QuadrupletNetwork network = trained(metric)) {
      byte[] bytes = ModelFile.write(network, INFO);
      assertThat(ModelFile.write(network, INFO)).isEqualTo(bytes);
      LoadedModel model = TestingNetworks.read(bytes);
      try (QuadrupletNetwork read = model.network()) {
        assertThat(ModelFile.write(read, model.info())).isEqualTo(bytes);
      }
      TestingNetworks.train(network, TestingNetworks.values(4, TestingNetworks.INPUT.size(), 9));
      assertThat(ModelFile.write(network, INFO)).isNotEqualTo(bytes);
    }
  }

  @Test
  void whatTrainingGoesOnWithIsReadWhereItIsAskedFor() throws Exception {
    try (QuadrupletNetwork network = trained(MetricKind.LEARNED);
        QuadrupletNetwork other =
            QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.LEARNED))) {
      NetworkState iterate = other.parametersAlone();
      byte[] bytes = ModelFile.write(network, iterate, INFO);

      ModelParameters all = ModelFile.allParameters(new ByteArrayInputStream(bytes), bytes.length);

      assertThat(all.iterate()).contains(iterate);
      assertThat(all.average()).isEqualTo(network.parametersAlone());
      assertThat(parameters(bytes).average()).isEqualTo(all.average());
      assertThat(parameters(bytes).iterate()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"trunk-iterate.bin", "head-iterate.bin"})
  void aFileThatReplicasCannotGoOnFromIsRefused(String entry) throws Exception {
    byte[] bytes;
    try (QuadrupletNetwork network = trained(MetricKind.LEARNED)) {
      bytes = ModelFile.write(network, network.parametersAlone(), INFO);
    }
    Map<String, byte[]> shorter = TestingZip.unpack(bytes);
    shorter.computeIfPresent(entry, (name, values) -> Arrays.copyOf(values, values.length - 4));
    assertRefused(StoredZip.pack(shorter), "replicas cannot go on from it");
    Map<String, byte[]> without = TestingZip.unpack(bytes);
    without.remove(entry);
    assertRefused(StoredZip.pack(without), entry);
  }

  @Test
  void deeplearning4jItselfOpensTrunkAndHead() throws Exception {
    try (QuadrupletNetwork network = trained(MetricKind.LEARNED)) {
      Map<String, byte[]> entries = TestingZip.unpack(ModelFile.write(network, INFO));
      MultiLayerNetwork trunk = opened(entries.get("trunk.zip"));
      assertThat(trunk.params()).isEqualTo(network.chains().get(0).parameters());
      MultiLayerNetwork head = opened(entries.get("head.zip"));
      assertThat(head.params()).isEqualTo(network.chains().get(1).parameters());

      List<PixelImage> images = TestingNetworks.images(1, TestingNetworks.INPUT, 1);
      float[] expected = network.embed(images)[0];
      INDArray input = network.chains().get(0).input(1).dup();
      INDArray output = trunk.output(input);
      float[] embedding = output.div(output.norm2Number()).toFloatVector();
      assertThat(embedding).containsExactly(expected, within(1e-5f));
    }
  }

  private static MultiLayerNetwork opened(byte[] archive) throws IOException {
    return ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(archive));
  }

  @Test
  void anotherFormatVersionIsNamed() {
    assertRefused(
        changed(
            "model.json", json -> json.replace("\"formatVersion\" : 2", "\"formatVersion\" : 3")),
        "format version 3");
  }

  @Test
  void unknownFieldsAreIgnored() throws Exception {
    byte[] bytes = changed("model.json", json -> json.replaceFirst("\\{", "{ \"later\" : [1, 2],"));
    try (QuadrupletNetwork network = TestingNetworks.read(bytes).network()) {
      assertThat(network.parameterCount()).isPositive();
    }
  }

  @Test
  void aDescriptionOfAnotherNetworkIsRefused() {
    assertRefused(
        changed(
            "model.json", json -> json.replace("\"embeddingSize\" : 16", "\"embeddingSize\" : 17")),
        "bytes of parameters");
    assertRefused(
        changed(
            "model.json", json -> json.replace("\"embeddingSize\" : 16", "\"embeddingSize\" : 15")),
        "single-precision values");
    assertRefused(
        changed("model.json", json -> json.replace("learned", "euclidean")), "[trunk, head]");
  }

  @Test
  void fieldsOutOfRangeAreRefused() {
    assertRefused(
        changed("model.json", json -> json.replace("\"height\" : 28", "\"height\" : 99999999")),
        "height");
    assertRefused(
        changed("model.json", json -> json.replace("\"height\" : 28", "\"height\" : 64")),
        "small trunk");
    assertRefused(
        changed("model.json", json -> json.replace("\"adam\"", "\"adamant\"")), "adamant");
    assertRefused(
        changed("model.json", json -> json.replace("\"alpha1\"", "\"alpha9\"")), "alpha1");
    assertRefused(changed("model.json", json -> "not json"), "not JSON");
    assertRefused(changed("model.json", json -> "[]"), "formatVersion");
  }

  /** The network that is claimed would take 240 MB; the file that claims it has a few kB. */
  @Test
  void aHugeNetworkIsRefusedBeforeItIsAllocated() {
    byte[] bytes =
        changed(
            "model.json",
            json ->
                json.replace("\"trunk\" : \"small\"", "\"trunk\" : \"alexnet\"")
                    .replace("\"height\" : 28", "\"height\" : 227")
                    .replace("\"width\" : 28", "\"width\" : 227"));
    assertRefused(bytes, "bytes of parameters");
  }

  /** As its first local header says it: nothing of that size is allocated. */
  @Test
  void anEntryThatWouldBeLargerThanTheFileIsRefused() throws Exception {
    byte[] bytes = StoredZip.pack(Map.of("model.json", new byte[] {1, 2, 3}));
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(18, Integer.MAX_VALUE).putInt(22, Integer.MAX_VALUE);

    assertRefused(bytes, "model.json would have 2147483647 bytes");
  }

  @Test
  void aTruncatedFileIsRefusedWhereverItEnds() {
    byte[] bytes = bytes();
    for (int length = 0; length < bytes.length; length += 1 + bytes.length / 60) {
      assertRefused(Arrays.copyOf(bytes, length), "");
    }
    assertRefused(Arrays.copyOf(bytes, bytes.length - 1), "truncated");
  }

  @Test
  void anythingAppendedIsRefused() {
    byte[] bytes = bytes();
    assertRefused(Arrays.copyOf(bytes, bytes.length + 1), "something else");
    assertRefused(changedEntries(entries -> entries.put("notes.txt", new byte[3])), "notes.txt");
    assertRefused(
        changedEntries(
            entries -> {
              byte[] trunk = entries.get("trunk.zip");
              entries.put("trunk.zip", Arrays.copyOf(trunk, trunk.length + 5));
            }),
        "trunk.zip");
  }

  @Test
  void aChangedBitIsRefused() {
    byte[] bytes = bytes();
    bytes[bytes.length / 2] ^= 1;
    assertRefused(bytes, "damaged");
  }

  @Test
  void aDivergedNetworkIsRefused() {
    assertRefused(
        changedEntries(
            entries -> {
              byte[] trunk = entries.get("trunk.zip");
              Map<String, byte[]> inner = TestingZip.unpack(trunk);
              byte[] coefficients = inner.get(ModelSerializer.COEFFICIENTS_BIN);
              Arrays.fill(coefficients, coefficients.length - 4, coefficients.length, (byte) 0xFF);
              entries.put("trunk.zip", StoredZip.pack(inner));
            }),
        "diverged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PK", "no archive at all"})
  void whatIsNoArchiveIsRefused(String content) {
    assertRefused(content.getBytes(StandardCharsets.UTF_8), "no zip archive");
  }

  @Test
  void aCompressionBombIsRefusedUnread() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bomb)) {
      zip.putNextEntry(new ZipEntry("model.json"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        zip.write(zeros);
      }
    }
    assertRefused(bomb.toByteArray(), "compressed");
  }

  private static ModelParameters parameters(byte[] bytes) throws ModelFormatException {
    return ModelFile.parameters(new ByteArrayInputStream(bytes), bytes.length);
  }

  private static void assertRefused(byte[] bytes, String reason) {
    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> TestingNetworks.read(bytes))
        .withMessageContaining(reason);
  }

  private interface Change {
    void apply(Map<String, byte[]> entries);
  }

  private static byte[] changedEntries(Change change) {
    Map<String, byte[]> entries = TestingZip.unpack(bytes());
    change.apply(entries);
    return StoredZip.pack(entries);
  }

  private static byte[] changed(String entry, java.util.function.UnaryOperator<String> change) {
    return changedEntries(
        entries -> {
          String before = new String(entries.get(entry), StandardCharsets.UTF_8);
          String after = change.apply(before);
          assertThat(after).isNotEqualTo(before);
          entries.put(entry, after.getBytes(StandardCharsets.UTF_8));
        });
  }

  private static byte[] bytes() {
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(TestingNetworks.spec(MetricKind.LEARNED))) {
      return ModelFile.write(network, INFO);
    }
  }

  private static QuadrupletNetwork trained(MetricKind metric) {
    QuadrupletNetwork network = QuadrupletNetwork.create(TestingNetworks.spec(metric));
    TestingNetworks.train(network, TestingNetworks.values(4, TestingNetworks.INPUT.size(), 1));
    return network;
  }
}
