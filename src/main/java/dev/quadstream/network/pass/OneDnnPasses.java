package dev.quadstream.network.pass;

import dev.quadstream.network.environment.NativeThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The passes through oneDNN, in single precision: convolutions and pooling, then dense layers.
 *
 * <p>A batch is cut into chunks of a fixed number of rows, each of which goes forward and back in
 * one thread. The gradients of the convolutions are those of the chunks added up in their order,
 * the gradients of the dense layers are computed for slices of their outputs: whoever computes
 * what, the bits are the same.
 *
 * <p>Activations stay in the layout that oneDNN prefers from one layer to the next, the rectifier
 * is part of the layer before it, and no gradient of an image is computed.
 */
final class OneDnnPasses implements ChainPasses {

  /** Convolutions' parameters whose gradients are added up at a time. */
  private static final int SLICE = 1 << 13;

  private final INDArray gradients;
  private final int chunkRows;
  private final int outputSize;
  private final long convolutionParameters;
  private final OneDnnChain chain;
  private final List<OneDnnChunk> chunks = new ArrayList<>();

  /** A task for each slice of outputs of each dense layer. */
  private final List<DenseSlice> denseSlices = new ArrayList<>();

  private record DenseSlice(int layer, DenseGradient gradient, int slice) {}

  /**
   * @param gradients of all parameters, one row
   */
  OneDnnPasses(List<ChainLayer> layers, INDArray gradients, ChainDefinition definition) {
    this.gradients = gradients;
    this.chunkRows = definition.chunkRows();
    ChainLayer last = layers.get(layers.size() - 1);
    this.outputSize = Math.toIntExact(last.output().arrayElementsPerExample());
    this.convolutionParameters = ChainLayer.convolutionParameters(layers);
    engine engine = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
    this.chain =
        new OneDnnChain(
            engine,
            layers,
            new BatchRows(layers),
            new OneDnnWeights(engine),
            new OneDnnWeights(engine),
            definition.brainFloat() ? memory.data_type.bf16 : memory.data_type.f32);
    for (int index = 0; index < layers.size(); index++) {
      if (layers.get(index).configuration() instanceof DenseLayer) {
        DenseGradient gradient = new DenseGradient(layers.get(index));
        int layer = index;
        IntStream.range(0, gradient.slices())
            .mapToObj(slice -> new DenseSlice(layer, gradient, slice))
            .forEach(denseSlices::add);
      }
    }
  }

  @Override
  public INDArray input(int rows) {
    if (chain.batch().isBeyondCapacity(rows)) {
      // Memory moves, and the plans hold its addresses.
      closeChunks();
      chain.batch().reserve(rows);
    }
    return chain.batch().inputs(rows);
  }

  @Override
  public INDArray forward(int rows, RowWriter writer) {
    while (chunks.size() < chunksOf(rows)) {
      chunks.add(new OneDnnChunk(chain, chunks.size() * chunkRows));
    }
    chain.forwardWeights().arrange();
    inChunks(
        rows,
        (chunk, count) -> {
          writer.write(chunk.firstRow(), chunk.firstRow() + count);
          chunk.forward(count);
        });
    return chain.batch().outputs(rows);
  }

  @Override
  public void keepMaps() {
    closeChunks();
    chain.batch().keepMaps();
  }

  @Override
  public INDArray maps(int rows) {
    return chain.batch().maps(0, rows);
  }

  @Override
  public INDArray backward(double[] outputGradients) {
    if (chain.activations() != memory.data_type.f32) {
      throw new IllegalStateException("What computes in bfloat16 is there to embed only.");
    }
    int rows = outputGradients.length / outputSize;
    chain.batch().reserveGradients();
    NativeArrays.write(outputGradients, chain.batch().outputGradients(rows), 0);
    chain.backwardWeights().arrange();
    inChunks(rows, OneDnnChunk::backward);
    storeGradients(rows);
    return chain.batch().inputGradients(rows);
  }

  private interface ChunkPass {
    void of(OneDnnChunk chunk, int rows);
  }

  private void inChunks(int rows, ChunkPass pass) {
    try {
      NativeThreads.forEach(
          chunksOf(rows),
          number -> pass.of(chunks.get(number), Math.min(chunkRows, rows - number * chunkRows)));
    } catch (RuntimeException | Error e) {
      // Some may be half recorded.
      closeChunks();
      throw e;
    }
  }

  private int chunksOf(int rows) {
    return (rows + chunkRows - 1) / chunkRows;
  }

  private void storeGradients(int rows) {
    List<OneDnnChunk> used = chunks.subList(0, chunksOf(rows));
    int sums = Math.toIntExact((convolutionParameters + SLICE - 1) / SLICE);
    NativeThreads.forEach(
        sums + denseSlices.size(),
        task -> {
          if (task < sums) {
            long first = (long) task * SLICE;
            long length = Math.min(SLICE, convolutionParameters - first);
            NativeArrays.sum(
                used.stream().map(OneDnnChunk::convolutionGradients).toList(),
                gradients,
                first,
                (int) length);
          } else {
            DenseSlice dense = denseSlices.get(task - sums);
            dense.gradient.store(
                dense.slice,
                rows,
                chain.batch().denseInputs(dense.layer, 0, rows),
                chain.batch().denseOutputGradients(dense.layer, 0, rows));
          }
        });
  }

  private void closeChunks() {
    chunks.forEach(OneDnnChunk::close);
    chunks.clear();
    chain.forwardWeights().clear();
    chain.backwardWeights().clear();
  }

  @Override
  public void close() {
    closeChunks();
    chain.forwardWeights().close();
    chain.backwardWeights().close();
    chain.batch().close();
    chain.engine().close();
  }
}
