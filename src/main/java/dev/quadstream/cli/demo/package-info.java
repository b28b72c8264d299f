/**
 * The demo: a broker, Flink, a stream of icons, and what the terminal shows of them. Everything
 * that is also of use outside the demo is elsewhere.
 */
package dev.quadstream.cli.demo;
