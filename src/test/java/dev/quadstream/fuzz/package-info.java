/** What the tests with hostile input share: mutations, and a watch over time and memory. */
package dev.quadstream.fuzz;
