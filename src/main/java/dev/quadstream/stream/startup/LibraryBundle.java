package dev.quadstream.stream.startup;

import dev.quadstream.network.environment.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.lang3.exception.ExceptionUtils;

/**
 * Deeplearning4j, ND4J and JavaCPP on the class path: all of them, once, and on a cluster from
 * Flink's own lib/. Half of them there is a LinkageError somewhere later; a copy in the job's class
 * loader loads the natives a second time and leaks them at each submission.
 *
 * <p>Names the classes as text, so that looking for them does not need them.
 */
public final class LibraryBundle {

  private static final String WHAT_TO_DO =
      "Copy every jar of lib/ of the distribution into Flink's lib/ on every machine, once, and start Flink again.";

  /** Artifact → one of its classes. Those without which the job fails, sooner or later. */
  private static final Map<String, String> CLASSES = new LinkedHashMap<>();

  static {
    CLASSES.put("javacpp", "org.bytedeco.javacpp.Pointer");
    CLASSES.put("openblas", "org.bytedeco.openblas.global.openblas");
    CLASSES.put("dnnl", "org.bytedeco.dnnl.global.dnnl");
    CLASSES.put("opencl", "org.bytedeco.opencl.global.OpenCL");
    CLASSES.put("nd4j-common", "org.nd4j.common.base.Preconditions");
    CLASSES.put("nd4j-api", "org.nd4j.linalg.factory.Nd4j");
    CLASSES.put("nd4j-native-api", "org.nd4j.nativeblas.NativeOps");
    CLASSES.put("nd4j-native-preset", "org.nd4j.presets.cpu.Nd4jCpuPresets");
    CLASSES.put("nd4j-presets-common", "org.nd4j.presets.OpExclusionUtils");
    CLASSES.put("nd4j-native", "org.nd4j.linalg.cpu.nativecpu.CpuBackend");
    CLASSES.put("guava", "org.nd4j.shade.guava.base.Preconditions");
    CLASSES.put("jackson", "org.nd4j.shade.jackson.databind.ObjectMapper");
    CLASSES.put("protobuf", "org.nd4j.shade.protobuf.Message");
    CLASSES.put("flatbuffers-java", "com.google.flatbuffers.Table");
    CLASSES.put("deeplearning4j-nn", "org.deeplearning4j.nn.multilayer.MultiLayerNetwork");
  }

  private LibraryBundle() {}

  /**
   * Loads the natives, which takes a second or two where that has not been done in this process.
   *
   * @param job the class loader of the job
   * @param flink the class loader of Flink itself; the same where all is on one class path
   * @throws StartRefusedException naming the library that is missing, there twice, or does not load
   */
  public static void require(ClassLoader job, ClassLoader flink) {
    OpenMpThreads.requireValid(System.getenv());
    CLASSES.forEach((library, className) -> requireOnce(library, className, job, flink));
    NativeLibraries.missing(job).ifPresent(LibraryBundle::refuseNatives);
    try {
      NativeLibraries.load();
    } catch (LinkageError | RuntimeException e) {
      throw new StartRefusedException(
          "ND4J's native library does not load (%s). Check that the jars of lib/ are all of one distribution, that it was built for this machine, and that the cache directory of JavaCPP, %s, can be written and allows execution (org.bytedeco.javacpp.cachedir)."
              .formatted(ExceptionUtils.getRootCause(e), NativeLibraries.cacheDirectory()),
          e);
    }
  }

  /**
   * Returns if ONNX Runtime is there, which only a job with a backbone needs.
   *
   * @param job the class loader of the job
   * @param flink the class loader of Flink itself; the same where all is on one class path
   * @throws StartRefusedException if it is missing, or there twice
   */
  public static void requireOnnxRuntime(ClassLoader job, ClassLoader flink) {
    requireOnce("onnxruntime", "ai.onnxruntime.OrtEnvironment", job, flink);
  }

  private static void refuseNatives(String missing) {
    throw new StartRefusedException(
        "The class path has no native library %s. %s".formatted(missing, WHAT_TO_DO));
  }

  private static void requireOnce(
      String library, String className, ClassLoader job, ClassLoader flink) {
    List<URL> places = find(className.replace('.', '/') + ".class", job);
    if (places.isEmpty()) {
      throw new StartRefusedException(
          "The library %s is not on the class path (no class %s). %s"
              .formatted(library, className, WHAT_TO_DO));
    }
    if (places.size() > 1) {
      throw new StartRefusedException(
          "The library %s is there %d times, and one process can load its natives once: %s. Remove all but the one in Flink's lib/."
              .formatted(library, places.size(), places));
    }
    if (loaderOf(className, job) != loaderOf(className, flink)) {
      throw new StartRefusedException(
          "The library %s comes with the job, from %s, and not from Flink's lib/, where its natives outlive the job. Take it out of the job's jar. %s"
              .formatted(library, places.get(0), WHAT_TO_DO));
    }
  }

  private static List<URL> find(String resource, ClassLoader loader) {
    try {
      return Collections.list(loader.getResources(resource)).stream().distinct().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("The class path cannot be searched for " + resource, e);
    }
  }

  /** Null where it does not find the class. */
  private static ClassLoader loaderOf(String className, ClassLoader loader) {
    try {
      return Class.forName(className, false, loader).getClassLoader();
    } catch (ClassNotFoundException e) {
      return null;
    }
  }
}
