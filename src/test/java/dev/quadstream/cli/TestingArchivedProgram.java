package dev.quadstream.cli;

/** A program that does nothing but write the archive of its classes, where one is asked for. */
final class TestingArchivedProgram {

  private TestingArchivedProgram() {}

  /**
   * The program.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    ClassArchive.writeIfAsked(System.out);
  }
}
