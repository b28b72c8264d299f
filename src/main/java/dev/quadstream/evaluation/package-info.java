/**
 * How good an embedding is: recall@k, cumulative match, mAP, mAP@R, and distances within and
 * between classes, each on plain arrays and with its interval. (Test-then-train recall is the
 * assembler's.)
 *
 * <p>Nothing here trains, reads files or prints, and nothing here knows Flink, Kafka or
 * Deeplearning4j: whoever measures brings the vectors.
 */
package dev.quadstream.evaluation;
