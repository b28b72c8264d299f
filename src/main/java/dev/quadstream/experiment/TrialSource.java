package dev.quadstream.experiment;

import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.ImageReading;
import java.io.IOException;
import java.util.Set;

/** Where the trials come from. */
public interface TrialSource {

  /** A short name for people, such as {@code icons}. */
  String name();

  /** How the stream and what is held out come about, in whole sentences. */
  String protocol();

  /** Which of the classes that are not streamed are measured with. */
  HeldOutPart on();

  /**
   * Makes the trial of one seed, which is a function of the arguments.
   *
   * @param images in the stream
   * @param seed divides the classes and orders the stream
   * @param reading decodes images as the network takes them
   * @throws IOException if images cannot be read
   */
  Trial trial(int images, long seed, ImageReading reading) throws IOException;

  /**
   * Images of classes that a trial streamed, to see what of them is known at its end; classes of a
   * single image are left out.
   *
   * @throws IOException if images cannot be read
   */
  HeldOutImages ofStreamed(Set<String> classes, long seed, ImageReading reading) throws IOException;
}
