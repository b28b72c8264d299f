package dev.quadstream.network.environment;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The native libraries: which are on the class path, and loading them. */
public final class NativeLibraries {

  private static final int CPU = 0;
  private static final String ND4J = "org/nd4j/linalg/cpu/nativecpu/bindings/";

  /** Builds of ND4J's library, the preferred ones first. */
  private static final List<String> EXTENSIONS =
      List.of("-onednn-avx512", "-onednn-avx2", "-onednn", "-avx512", "-avx2", "");

  private NativeLibraries() {}

  /**
   * Unpacks them into JavaCPP's cache and says where to: once, when an image is built.
   *
   * @param arguments none
   * @throws java.io.IOException if the cache directory cannot be made
   */
  public static void main(String[] arguments) throws java.io.IOException {
    load();
    System.out.println("The natives are in " + Loader.getCacheDir());
  }

  /**
   * Loads them, which unpacks them where that was never done, and holds ND4J's arrays to {@code
   * org.bytedeco.javacpp.maxbytes}: ND4J 1.0.0-M2.1 allocates them itself, and JavaCPP counts none.
   * It and OpenBLAS compute a call in one thread: what several are for, {@link NativeThreads} says.
   *
   * @throws LinkageError if one is missing or does not fit the machine
   */
  public static void load() {
    Thread thread = Thread.currentThread();
    ClassLoader ofCaller = thread.getContextClassLoader();
    // ND4J keeps the loader that it finds here, and so do the threads that it starts: one of a job
    // would never be collected.
    thread.setContextClassLoader(Nd4j.class.getClassLoader());
    try {
      Nd4j.createUninitializedDetached(DataType.FLOAT, 1).close();
      if (hasOneDnn(NativeLibraries.class.getClassLoader(), platform())) {
        Loader.load(org.bytedeco.dnnl.global.dnnl.class);
      }
      Nd4j.getEnvironment().setDeviceLimit(CPU, arrayLimitBytes());
      Nd4j.getEnvironment().setMaxMasterThreads(1);
      Nd4j.factory().blas().setMaxThreads(1);
    } finally {
      thread.setContextClassLoader(ofCaller);
    }
  }

  /** Where they are unpacked to and loaded from, for messages. */
  public static String cacheDirectory() {
    try {
      return Loader.getCacheDir().toString();
    } catch (IOException | LinkageError e) {
      return "which cannot be made (" + e.getMessage() + ")";
    }
  }

  /** Bytes of all arrays of this process. */
  public static long arrayBytes() {
    return Nd4j.getEnvironment().getDeviceCouner(CPU);
  }

  /** The most that all arrays may take, 0 for no limit. */
  public static long arrayLimitBytes() {
    return Math.max(0, Pointer.maxBytes());
  }

  /** Bytes of memory that this process holds, heap included. */
  public static long processBytes() {
    return Pointer.physicalBytes();
  }

  /** The size of this process beyond which arrays are refused, 0 for no limit. */
  public static long processLimitBytes() {
    return Math.max(0, Pointer.maxPhysicalBytes());
  }

  /** The name of this machine's platform, such as {@code linux-x86_64}. */
  public static String platform() {
    return Loader.Detector.getPlatform();
  }

  /**
   * The build of ND4J's native library on the class path, such as {@code linux-x86_64-avx2}.
   *
   * @param platform as JavaCPP names it
   */
  public static Optional<String> build(ClassLoader loader, String platform) {
    return EXTENSIONS.stream()
        .map(extension -> platform + extension)
        .filter(build -> holds(loader, ND4J + build, "nd4jcpu"))
        .findFirst();
  }

  /**
   * Whether oneDNN for direct use is on the class path. There is none for ARM.
   *
   * @param platform as JavaCPP names it
   */
  public static boolean hasOneDnn(ClassLoader loader, String platform) {
    return holds(loader, "org/bytedeco/dnnl/" + platform, "jnidnnl");
  }

  /** The native library for this machine that the class path lacks, if it lacks one. */
  public static Optional<String> missing(ClassLoader loader) {
    String platform = platform();
    if (platform.endsWith("-x86_64") && !hasOneDnn(loader, platform)) {
      return Optional.of("dnnl for " + platform);
    }
    if (platform.endsWith("-x86_64")
        && !holds(loader, "org/bytedeco/opencl/" + platform, "jniOpenCL")) {
      return Optional.of("opencl for " + platform);
    }
    if (!holds(loader, "org/bytedeco/javacpp/" + platform, "jnijavacpp")) {
      return Optional.of("javacpp for " + platform);
    }
    if (!holds(loader, "org/bytedeco/openblas/" + platform, "jniopenblas")) {
      return Optional.of("openblas for " + platform);
    }
    return build(loader, platform).isEmpty()
        ? Optional.of("nd4j-native for " + platform)
        : Optional.empty();
  }

  private static boolean holds(ClassLoader loader, String directory, String library) {
    return loader.getResource(directory + "/" + System.mapLibraryName(library)) != null;
  }
}
