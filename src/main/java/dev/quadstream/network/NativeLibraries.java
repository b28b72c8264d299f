package dev.quadstream.network;

import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.factory.Nd4j;

/** Loads the natives, which unpacks them into JavaCPP's cache: once, when an image is built. */
public final class NativeLibraries {

  private NativeLibraries() {}

  /**
   * Unpacks and says where to.
   *
   * @param arguments none
   * @throws java.io.IOException if the cache directory cannot be made
   */
  public static void main(String[] arguments) throws java.io.IOException {
    Nd4j.create(1);
    System.out.println("The natives are in " + Loader.getCacheDir());
  }
}
