package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.network.file.ModelFileTest;
import dev.quadstream.training.QuadrupletTrainerTest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What another learned head takes: one class, {@link TestingEarlyHead}, and one constant of {@link
 * MetricKind}, which this test adds to the enum's source and compiles. With that enum in place of
 * the product's and everything else as it is, the new metric has to do whatever is tested for every
 * metric, and what {@link TestingSecondHead} asks beyond that.
 */
class SecondLearnedHeadTest {

  private static final String CONSTANT = TestingSecondHead.CONSTANT;
  private static final Path SOURCE =
      Path.of("src", "main", "java", "dev", "quadstream", "network", "MetricKind.java");

  private static final List<Class<?>> TESTS_FOR_EVERY_METRIC =
      List.of(
          GradientTest.class,
          QuadrupletNetworkTest.class,
          AveragedParametersTest.class,
          ContinuationTest.class,
          ModelFileTest.class,
          QuadrupletTrainerTest.class);

  private static URLClassLoader withTheConstant;

  /** Our own classes from here first, so that all of them see the enum with one constant more. */
  private static final class OwnClassesFirst extends URLClassLoader {

    OwnClassesFirst(URL... places) {
      super(places, SecondLearnedHeadTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("dev.quadstream.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }

  @BeforeAll
  static void addTheConstant(@TempDir Path directory) throws Exception {
    String before = Files.readString(SOURCE);
    String after =
        before.replace(
            "new EarlyHead(spec, chains));",
            "new EarlyHead(spec, chains)), %s(TestingEarlyHead::chains, TestingEarlyHead::new);"
                .formatted(CONSTANT));
    assertThat(after).as("the last constant of " + SOURCE).isNotEqualTo(before);
    Path source = Files.writeString(directory.resolve("MetricKind.java"), after);
    Path classes = Files.createDirectory(directory.resolve("classes"));
    compile(source, classes);
    withTheConstant =
        new OwnClassesFirst(
            classes.toUri().toURL(),
            MetricKind.class.getProtectionDomain().getCodeSource().getLocation(),
            SecondLearnedHeadTest.class.getProtectionDomain().getCodeSource().getLocation());
  }

  private static void compile(Path source, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of(
                      "-proc:none",
                      "-d",
                      classes.toString(),
                      "-cp",
                      System.getProperty("java.class.path")),
                  null,
                  files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }

  @AfterAll
  static void close() throws IOException {
    withTheConstant.close();
  }

  @TestFactory
  Stream<DynamicTest> itPassesWhatIsTestedForEveryMetric() {
    return TESTS_FOR_EVERY_METRIC.stream()
        .map(SecondLearnedHeadTest::there)
        .flatMap(test -> Arrays.stream(test.getDeclaredMethods()))
        .filter(method -> Arrays.equals(method.getParameterTypes(), new Class<?>[] {metricKind()}))
        .filter(method -> Arrays.stream(method.getAnnotations()).findAny().isPresent())
        .map(
            method ->
                DynamicTest.dynamicTest(
                    method.getDeclaringClass().getSimpleName() + "." + method.getName(),
                    () -> run(method, constant())));
  }

  @TestFactory
  Stream<DynamicTest> itIsAMetricLikeAnyOther() {
    return Arrays.stream(there(TestingSecondHead.class).getDeclaredMethods())
        .filter(method -> method.getParameterCount() == 0 && method.getModifiers() == 0)
        .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(method)));
  }

  private static void run(Method method, Object... arguments) throws Throwable {
    var constructor = method.getDeclaringClass().getDeclaredConstructor();
    constructor.setAccessible(true);
    method.setAccessible(true);
    try {
      method.invoke(constructor.newInstance(), arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Class<?> there(Class<?> here) {
    try {
      return withTheConstant.loadClass(here.getName());
    } catch (ClassNotFoundException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private static Class<?> metricKind() {
    return there(MetricKind.class);
  }

  private static Object constant() {
    return Arrays.stream(metricKind().getEnumConstants())
        .filter(kind -> kind.toString().equals(CONSTANT))
        .findFirst()
        .orElseThrow();
  }
}
