package dev.quadstream.training;

/**
 * One of the quadruplets of a window that violate the margins most, by image ids, so that people
 * can look at it: wrong labels end up here.
 *
 * @param anchor id of i
 * @param positive id of j
 * @param negative id of k
 * @param secondNegative id of l; null for the triplet loss, which does not have it
 * @param label class of anchor and positive
 * @param negativeLabel class of k
 * @param secondNegativeLabel class of l, or null likewise
 * @param positiveDistance g(i,j), 0 to 1, on the images as they were trained on: augmented, and
 *     before the window's step
 * @param negativeDistance g(i,k)
 * @param secondNegativeDistance g(l,k), or null likewise
 * @param violation the sum of both hinge terms of Eq. 3
 */
public record HardQuadruplet(
    String anchor,
    String positive,
    String negative,
    String secondNegative,
    String label,
    String negativeLabel,
    String secondNegativeLabel,
    double positiveDistance,
    double negativeDistance,
    Double secondNegativeDistance,
    double violation) {}
