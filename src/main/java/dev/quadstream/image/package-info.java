/**
 * Images as the pipeline holds them, and the way from encoded bytes to pixels: decoding with its
 * limits, resizing, augmentation. Where images come from belongs in {@code dataset}, what is
 * learned from them in {@code metric} and {@code training}. Nothing here knows Flink, Kafka or
 * Deeplearning4j.
 */
package dev.quadstream.image;
