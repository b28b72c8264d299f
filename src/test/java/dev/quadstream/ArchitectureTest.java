package dev.quadstream;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which package may use which. A package may also use what the packages it uses may use. */
class ArchitectureTest {

  private static final String ROOT = "dev.quadstream";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static final Map<String, Set<String>> MAY_USE = new LinkedHashMap<>();

  static {
    MAY_USE.put("image", Set.of());
    MAY_USE.put("metric", Set.of("image"));
    MAY_USE.put("network", Set.of("metric"));
    MAY_USE.put("training", Set.of("network"));
    MAY_USE.put("evaluation", Set.of("training"));
    MAY_USE.put("kafka", Set.of("evaluation"));
    MAY_USE.put("registry", Set.of("kafka"));
    MAY_USE.put("dataset", Set.of("registry"));
    MAY_USE.put("stream", Set.of("registry"));
    MAY_USE.put("dashboard", Set.of("dataset", "stream"));
    MAY_USE.put("cli", Set.of("dashboard"));
  }

  static Set<String> packages() {
    return MAY_USE.keySet();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesOnlyThoseItMay(String name) {
    Set<String> allowed = new TreeSet<>(List.of(name));
    addAllThatMayBeUsedBy(name, allowed);
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
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"image", "metric", "network", "training", "evaluation", "dataset"})
  void theLearningKnowsNeitherFlinkNorKafka(String name) {
    noClasses()
        .that(resideInAPackage(nameOf(name)))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.apache.flink..", "org.apache.kafka.."))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  // The kernels know no network, files know the network, and only the network knows the kernels.
  @Test
  void theNetworksPackagesAreLayers() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(nameOf("network"))
        .layer("environment")
        .definedBy(nameOf("network.environment"))
        .layer("pass")
        .definedBy(nameOf("network.pass"))
        .layer("network")
        .definedBy(ROOT + ".network")
        .layer("file")
        .definedBy(nameOf("network.file"))
        .whereLayer("environment")
        .mayNotAccessAnyLayer()
        .whereLayer("pass")
        .mayOnlyAccessLayers("environment")
        .whereLayer("network")
        .mayOnlyAccessLayers("pass", "environment")
        .check(CLASSES);
  }

  @Test
  void onlyTheNetworkUsesItsKernels() {
    classes()
        .that(resideInAPackage(nameOf("network.pass")))
        .should()
        .onlyHaveDependentClassesThat(resideInAPackage(nameOf("network")))
        .check(CLASSES);
  }

  @Test
  void onlyTheNetworkKnowsDeeplearning4j() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage(nameOf("network"))))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.deeplearning4j..", "org.nd4j..", "org.bytedeco.."))
        .check(CLASSES);
  }

  // A process that another one starts has only its standard streams to speak on.
  @Test
  void onlyCommandsAndProcessesWriteToTheTerminal() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage(nameOf("cli"))))
        .and(DescribedPredicate.not(startAProcess()))
        .should(ACCESS_STANDARD_STREAMS)
        .check(CLASSES);
  }

  @Test
  void onlyCommandsTouchJavaUtilLogging() {
    noClasses()
        .that(DescribedPredicate.not(resideInAPackage(nameOf("cli"))))
        .should()
        .dependOnClassesThat(resideInAPackage("java.util.logging.."))
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> startAProcess() {
    return describe(
        "start a process", type -> type.tryGetMethod("main", String[].class).isPresent());
  }

  private static void addAllThatMayBeUsedBy(String name, Set<String> allowed) {
    for (String used : MAY_USE.get(name)) {
      allowed.add(used);
      addAllThatMayBeUsedBy(used, allowed);
    }
  }

  private static String[] namesOf(Set<String> names) {
    return names.stream().map(ArchitectureTest::nameOf).toArray(String[]::new);
  }

  private static String nameOf(String name) {
    return ROOT + "." + name + "..";
  }
}
