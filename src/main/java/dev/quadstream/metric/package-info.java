/**
 * The quadruplet loss, its adaptive margins and its mining, on plain arrays: Eq. 2 to 4 of Chen et
 * al., "Beyond triplet loss: a deep quadruplet network for person re-identification", CVPR 2017.
 *
 * <p>Nothing here knows how an embedding is computed, stored or transported.
 */
package dev.quadstream.metric;
