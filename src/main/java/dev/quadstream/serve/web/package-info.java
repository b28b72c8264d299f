/**
 * The web server of the live page: requests, answers, the event stream, who may ask, and the page's
 * files.
 *
 * <p>What a command prints, and how options are read, does not belong here.
 */
package dev.quadstream.serve.web;
