package dev.quadstream.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.spi.ServiceRegistry;
import javax.imageio.stream.ImageInputStream;

/**
 * The installed image codecs, looked up once.
 *
 * <p>ImageIO's own lookup walks its registry anew for every image. Thread-safe: a provider only
 * creates readers, and keeps nothing of them.
 */
final class ImageCodecs {

  private final List<ImageReaderSpi> providers;

  private ImageCodecs(List<ImageReaderSpi> providers) {
    this.providers = providers;
  }

  /** The codecs of this process; the first call looks them up. */
  static ImageCodecs installed() {
    return Installed.CODECS;
  }

  private static ImageCodecs lookUp() {
    // A registry of our own. What goes into ImageIO's stays for the life of the JVM, and on a
    // cluster
    // keeps the class loader of every job that was ever submitted: 20 MB of metaspace each.
    ServiceRegistry registry =
        new ServiceRegistry(List.<Class<?>>of(ImageReaderSpi.class).iterator());
    ofJava().forEach(registry::registerServiceProvider);
    ServiceLoader.load(ImageReaderSpi.class, ImageCodecs.class.getClassLoader())
        .forEach(registry::registerServiceProvider);
    List<ImageReaderSpi> found = new ArrayList<>();
    registry.getServiceProviders(ImageReaderSpi.class, true).forEachRemaining(found::add);
    return new ImageCodecs(List.copyOf(found));
  }

  private static List<ImageReaderSpi> ofJava() {
    // Its first use registers what the current class loader has: on a cluster, the first job's.
    Thread thread = Thread.currentThread();
    ClassLoader previous = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      List<ImageReaderSpi> found = new ArrayList<>();
      IIORegistry.getDefaultInstance()
          .getServiceProviders(ImageReaderSpi.class, true)
          .forEachRemaining(found::add);
      found.removeIf(provider -> !provider.getClass().getModule().isNamed());
      return found;
    } finally {
      thread.setContextClassLoader(previous);
    }
  }

  /** The first codec for a format that accepts the stream, which is left at its beginning. */
  Optional<ImageReaderSpi> of(ImageFormat format, ImageInputStream stream) throws IOException {
    for (ImageReaderSpi provider : providers) {
      stream.seek(0);
      if (reads(provider, format.codec()) && canDecode(provider, stream)) {
        stream.seek(0);
        return Optional.of(provider);
      }
    }
    return Optional.empty();
  }

  private static boolean reads(ImageReaderSpi provider, String format) {
    for (String name : provider.getFormatNames()) {
      if (name.toLowerCase(Locale.ROOT).equals(format)) {
        return true;
      }
    }
    return false;
  }

  private static boolean canDecode(ImageReaderSpi provider, ImageInputStream stream)
      throws IOException {
    try {
      return provider.canDecodeInput(stream);
    } catch (EOFException shorterThanTheSignature) {
      return false;
    }
  }

  private static final class Installed {
    private static final ImageCodecs CODECS = lookUp();
  }
}
