package dev.quadstream.dataset;

/**
 * An icon with what is to be seen of it.
 *
 * @param icon its names
 * @param artwork its drawing
 */
record DrawnIcon(Icon icon, IconArtwork artwork) {}
