package dev.quadstream.evaluation;

/**
 * A held-out image and what is nearest to it.
 *
 * @param image id of the image
 * @param label its class
 * @param found id of the nearest of all other images
 * @param foundLabel class of that one
 * @param wanted id of the nearest image of its own class
 */
public record HeldOutExample(
    String image, String label, String found, String foundLabel, String wanted) {}
