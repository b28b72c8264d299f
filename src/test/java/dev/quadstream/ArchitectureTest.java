package dev.quadstream;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which package uses which: the true graph, sub-packages included, and nothing by way of others.
 */
class ArchitectureTest {

  private static final String ROOT = "dev.quadstream";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /** A line for each package and those that it uses. */
  private static final String GRAPH =
      """
      digest ->
      image ->
      metric -> image
      network.environment ->
      network.pass -> network.environment
      network.onnx ->
      network -> digest image metric network.environment network.onnx network.pass
      network.file -> image network network.pass
      backbone -> digest image network network.environment
      search -> metric
      training -> image metric network network.environment search
      evaluation -> image metric network search
      json ->
      kafka -> digest json
      registry -> digest json
      dataset -> image json
      dataset.files -> dataset digest image json
      experiment -> dataset digest evaluation image json metric network search training
      stream.options -> backbone image kafka metric network registry training
      stream.startup -> image network network.environment registry stream.options
      stream.format -> image json kafka metric network registry training
      stream.operator -> image json kafka metric network network.environment network.file registry \
          stream.format stream.options stream.startup training
      stream.source -> kafka stream.options stream.startup
      stream -> image json kafka registry stream.format stream.operator stream.options \
          stream.source training
      stream.launch -> json kafka registry stream stream.options stream.rest stream.startup
      stream.rest ->
      logging ->
      serve ->
      serve.http -> json serve
      serve.state -> evaluation image json kafka registry search training
      serve.feed -> image json kafka registry serve serve.state training
      serve.model -> evaluation image json kafka metric network network.environment \
          network.file registry search serve serve.feed serve.http serve.state
      serve.search -> image json kafka metric network network.file registry search serve \
          serve.feed serve.http serve.model
      serve.web -> evaluation image json kafka registry serve serve.feed serve.http serve.model \
          serve.state
      cli.demo -> dataset evaluation image json kafka network network.file registry serve.http \
          serve.search serve.web stream stream.launch stream.options training
      cli -> cli.demo dataset dataset.files digest evaluation experiment image json kafka metric network \
          network.environment network.file registry search serve.feed serve.http serve.model serve.search \
          serve.state serve.web stream \
          stream.launch stream.operator stream.options stream.startup training
      """;

  private static final Map<String, Set<String>> MAY_USE = read(GRAPH);

  static Set<String> packages() {
    return MAY_USE.keySet();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesOnlyThoseItMay(String name) {
    Set<String> allowed = new TreeSet<>(MAY_USE.get(name));
    allowed.add(name);
    classes()
        .that(resideInAPackage(nameOf(name)))
        .should()
        .onlyDependOnClassesThat(
            DescribedPredicate.not(resideInAPackage(ROOT + ".."))
                .or(resideInAnyPackage(namesOf(allowed)))
                .as("are not ours or reside in one of %s", allowed))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyClassHasAPackageOfTheTable() {
    classes().should().resideInAnyPackage(namesOf(MAY_USE.keySet())).check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /** But for where files lie, which Flink's file systems say. */
  @Test
  void onlyTheJobAndTheCommandsKnowFlink() {
    noClasses()
        .that(
            DescribedPredicate.not(
                resideInAnyPackage(withSubPackages("stream"), withSubPackages("cli"))))
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.apache.flink..")
                .and(DescribedPredicate.not(resideInAPackage("org.apache.flink.core.fs.."))))
        .check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"image", "metric", "network", "training", "evaluation", "dataset", "experiment"})
  void theLearningKnowsNeitherFlinkNorKafka(String name) {
    noClasses()
        .that(resideInAPackage(withSubPackages(name)))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.apache.flink..", "org.apache.kafka.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheNetworkKnowsDeeplearning4j() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage(withSubPackages("network"))))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.deeplearning4j..", "org.nd4j..", "org.bytedeco.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheBackboneKnowsOnnxRuntime() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage(nameOf("backbone"))))
        .should()
        .dependOnClassesThat(resideInAnyPackage("ai.onnxruntime.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheNeighbourGraphKnowsJVector() {
    noClasses()
        .that(
            describe(
                "are not the graph",
                type -> !type.getName().startsWith(nameOf("search.NeighbourGraph"))))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.github.jbellis.."))
        .check(CLASSES);
  }

  /**
   * Who touches what Flink's runtime does not promise to keep: it may change with any version, and
   * then each in one place. What Flink hands to operators is theirs together.
   */
  private static final String INTERNALS =
      """
      stream.launch.JobLauncher -> MiniCluster MiniClusterConfiguration
      stream.launch.Remembered -> CheckpointCoordinator CheckpointMetadataOutputStream \
          CheckpointStateOutputStream CheckpointStateToolset CheckpointStorageAccess \
          CheckpointStorageLocation CheckpointStorageLocationReference CheckpointStorageWorkerView \
          CheckpointStreamFactory CheckpointedStateScope CompletedCheckpointStorageLocation \
          ConfigurableCheckpointStorage Environment FileMergingSnapshotManager StreamStateHandle
      stream.operator. -> CheckpointOptions CheckpointStreamFactory Environment \
          KeyedStateBackend SavepointType SnapshotType TaskManagerRuntimeInfo
      stream.operator.CheckpointCopy -> HeapKeyedStateBackend
      stream.operator.CheckpointFile -> FsCheckpointStorageLocation
      stream.operator.ReplicaState -> VoidNamespace
      stream.options.ReplicaKeys -> KeyGroupRangeAssignment
      stream.rest.RestGuard -> ErrorResponseBody FileUploadHandler FileUploads HandlerUtils
      stream.rest.RestGuardFactory -> InboundChannelHandlerFactory
      stream.source.ImageSource -> ScopeFormat
      stream.startup.FinalFailure -> SuppressRestartsException
      """;

  @Test
  void oneClassAloneKnowsAnInternalOfFlinksRuntime() {
    Map<String, Set<String>> users = read(INTERNALS);

    assertThat(
            CLASSES.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(use -> isInternal(use.getTargetClass()))
                .filter(use -> users.entrySet().stream().noneMatch(user -> allows(user, use))))
        .isEmpty();
  }

  private static boolean isInternal(JavaClass type) {
    return type.getName().startsWith("org.apache.flink.runtime.")
        && Stream.iterate(type, Objects::nonNull, at -> at.getEnclosingClass().orElse(null))
            .flatMap(at -> at.getAnnotations().stream())
            .noneMatch(note -> note.getRawType().getSimpleName().startsWith("Public"));
  }

  private static boolean allows(Map.Entry<String, Set<String>> user, Dependency use) {
    return use.getOriginClass().getName().startsWith(nameOf(user.getKey()))
        && user.getValue().contains(use.getTargetClass().getSimpleName());
  }

  // A process that another one starts has only its standard streams to speak on.
  @Test
  void onlyCommandsAndProcessesWriteToTheTerminal() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage(withSubPackages("cli"))))
        .and(DescribedPredicate.not(startAProcess()))
        .should(ACCESS_STANDARD_STREAMS)
        .check(CLASSES);
  }

  @Test
  void onlyCommandsTouchJavaUtilLogging() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage(withSubPackages("cli"))))
        .should()
        .dependOnClassesThat(resideInAPackage("java.util.logging.."))
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> startAProcess() {
    return describe(
        "start a process", type -> type.tryGetMethod("main", String[].class).isPresent());
  }

  private static Map<String, Set<String>> read(String graph) {
    Map<String, Set<String>> uses = new LinkedHashMap<>();
    for (String line : graph.split("\n")) {
      String[] sides = line.split(" ->");
      uses.put(sides[0], sides.length == 1 ? Set.of() : Set.of(sides[1].trim().split("\\s+")));
    }
    return uses;
  }

  private static String[] namesOf(Set<String> names) {
    return names.stream().map(ArchitectureTest::nameOf).toArray(String[]::new);
  }

  private static String withSubPackages(String name) {
    return nameOf(name) + "..";
  }

  private static String nameOf(String name) {
    return ROOT + "." + name;
  }
}
