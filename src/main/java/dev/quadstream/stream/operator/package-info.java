/**
 * The job's operators: state, barriers, timers and metrics. What a window does to memory and
 * network is in {@code training}, as plain objects; how records are written is in {@code
 * stream.format}.
 */
package dev.quadstream.stream.operator;
