package dev.quadstream.dataset;

/**
 * One icon of one design.
 *
 * @param id {@code family/concept}
 * @param concept what it shows; the label
 * @param family the design it belongs to; a family draws a concept once
 * @param font the font's resource path on the class path
 * @param codePoint the icon's character in that font
 */
public record Icon(String id, String concept, String family, String font, int codePoint) {}
