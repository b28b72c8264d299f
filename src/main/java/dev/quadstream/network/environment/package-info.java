/**
 * What a process has for the network: native libraries, native threads, the limits of native
 * memory.
 *
 * <p>What belongs here: what holds for the whole process or thread, whatever the network.
 */
package dev.quadstream.network.environment;
