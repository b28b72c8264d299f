/**
 * The experiments behind the defaults: the ablation of the quadruplet loss, and one pass over a
 * dataset beside plain classification. They write docs/ablation.md and the tables on the terminal.
 *
 * <p>What they measure with is in package {@code evaluation}; what they measure is what the job
 * runs, in package {@code training}.
 */
package dev.quadstream.experiment;
