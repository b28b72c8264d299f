/**
 * Frozen networks of others, read from ONNX files and run by ONNX Runtime: pixels in, features out.
 *
 * <p>Here belongs what it takes to feed such a file and to say why one cannot be used. That
 * features take the place of pixels, and what is learned behind them, is the network's. Nothing
 * else here knows ONNX Runtime.
 */
package dev.quadstream.backbone;
