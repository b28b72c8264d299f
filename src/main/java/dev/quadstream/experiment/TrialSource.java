package dev.quadstream.experiment;

import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;

/** Where the trials come from. */
public interface TrialSource {

  /** A short name for people, such as {@code icons}. */
  String name();

  /** How the stream and what is held out come about, in whole sentences. */
  String protocol();

  /**
   * Makes the trial of one seed, which is a function of the arguments.
   *
   * @param images in the stream
   * @param seed divides the classes and orders the stream
   * @param settings the network's input and the decoder's limits
   * @throws IOException if images cannot be read
   */
  Trial trial(int images, long seed, PipelineSettings settings) throws IOException;
}
