package dev.quadstream.bench;

/** Something that can be done again and again, and timed. For one thread. */
interface Subject extends AutoCloseable {

  /** Does it once; returns a number that shows that it was done, such as the loss. */
  double run();

  @Override
  void close();
}
