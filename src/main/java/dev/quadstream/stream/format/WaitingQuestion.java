package dev.quadstream.stream.format;

import dev.quadstream.image.ImageQuestion;

/**
 * An image that came without a label, and what has been said of it since.
 *
 * @param question the image
 * @param label its label, or null as long as it has none
 */
public record WaitingQuestion(ImageQuestion question, String label) {}
