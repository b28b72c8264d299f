/**
 * Where the page's picture of a run comes from: followers of Kafka's topics and of Flink's REST
 * interface, each in a thread of its own. They write into {@code serve.state} and know nothing of
 * the web.
 */
package dev.quadstream.serve.feed;
