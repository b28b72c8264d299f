package dev.quadstream.stream.startup;

import dev.quadstream.network.NativeDemand;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;

/**
 * The memory that one replica needs, by the formula of docs/operations.md. It leaves out what only
 * a run can tell, so a process that has less than this cannot work.
 *
 * @param nativeBytes of the network that trains, the one that embeds what was trained on, and the
 *     one that mines, with their activations
 * @param heapBytes of the exemplar memory, the windows in state, the distances of a batch, and the
 *     trainer's state while it is copied, and models as they are read
 * @param backboneBytes of native memory that the replicas of a process share: the backbone's
 *     weights, as they are and as ONNX Runtime lays them out; none of ND4J's arrays
 */
public record MemoryDemand(long nativeBytes, long heapBytes, long backboneBytes) {

  private static final long OBJECT_BYTES = 300;

  /** The trainer's copy for a checkpoint. */
  private static final long STATE_BYTES_PER_PARAMETER = 20;

  /**
   * A version that is taken and the parameters that it moves, each with their average; meanwhile
   * the assembler reads the average of the next one. Two replicas of 58.8 million parameters in one
   * process came to no third version in a heap that had no room for these.
   */
  private static final long READING_BYTES_PER_PARAMETER = 20;

  /**
   * The model's file while it is made from its parts, each beside the other, and what arrays of
   * that size leave unused between them: of 58.8 million parameters the merge failed in a heap of
   * 29 bytes a parameter in all, and worked in one of 36.
   */
  private static final long FILE_BYTES_PER_PARAMETER = 28;

  /** The iterate and its average. */
  private static final long MODEL_BYTES_PER_PARAMETER = 8;

  /** The model of before, and the momentum before and after. */
  private static final long OUTER_BYTES_PER_PARAMETER = 16;

  private static final long PAIRS_OF_A_QUADRUPLET = 3;

  /** As measured; while the file is read it is more. */
  private static final long BYTES_PER_FILE_BYTE = 2;

  /** The gradients by the embeddings of a pair's two images are doubles. */
  private static final long PAIR_VALUES = 4;

  /** The demand of one replica under these options. */
  public static MemoryDemand of(PipelineSettings settings) {
    NativeDemand network = NativeDemand.of(settings.network());
    // The memory is embedded again with each model, as many images at a time as a pass takes.
    long memoryImages = settings.get(MiningConfig.MEMORY_CAPACITY);
    long windowImages = settings.maxWindowImages();
    long batchImages = windowImages + settings.get(MiningConfig.MEMORY_IMAGES);
    long asked = settings.get(MiningConfig.QUADRUPLETS);
    long pairs = PAIRS_OF_A_QUADRUPLET * (asked > 0 ? asked : batchImages);
    long imageBytes = settings.network().contentBytes() + OBJECT_BYTES;
    long embeddingBytes = (long) Float.BYTES * settings.get(NetworkConfig.EMBEDDING_SIZE);
    // By way of a double, which stays at the largest long where options ask for more than that.
    double windows =
        (double) settings.maxOpenWindows() + settings.get(MiningConfig.WAITING_WINDOWS);
    return new MemoryDemand(
        network.trainingBytes(batchImages, pairs)
            + network.embeddingBytes(batchImages)
            // The mining model and the live one, each of which embeds the memory.
            + 2 * network.embeddingBytes(Math.max(windowImages, memoryImages)),
        (long)
            (windows * windowImages * imageBytes
                + memoryImages * (imageBytes + embeddingBytes)
                + (double) Float.BYTES * batchImages * batchImages
                + pairs * PAIR_VALUES * embeddingBytes
                + (STATE_BYTES_PER_PARAMETER
                        + MODEL_BYTES_PER_PARAMETER * openRounds(settings)
                        + READING_BYTES_PER_PARAMETER)
                    * network.parameters()
                + largestRecord(settings, network.parameters())),
        ofBackbone(settings).backboneBytes());
  }

  /** The demand of the backbone alone, of a process that decodes; none where there is none. */
  public static MemoryDemand ofBackbone(PipelineSettings settings) {
    return new MemoryDemand(0, 0, BYTES_PER_FILE_BYTE * settings.backboneBytes());
  }

  /**
   * Ends of rounds that a replica holds until it takes their merge, of which first rounds, being
   * shorter, have more; and the start of the one that it is in, where the merge wants that.
   */
  private static long openRounds(PipelineSettings settings) {
    int round = Math.max(1, settings.get(JobConfig.PUBLISH_EVERY) / settings.replicas());
    return 1 + settings.get(MiningConfig.STALENESS) / round + (settings.hasOuterStep() ? 1 : 0);
  }

  /** Flink keeps the buffer of the largest record that a replica has sent. */
  private static long largestRecord(PipelineSettings settings, long parameters) {
    long bytes = settings.contributionBytes(parameters);
    return bytes > PipelineSettings.LARGEST_RECORD ? 0 : bytes;
  }

  /** The demand of the merge: once in a job, on the heap of whichever process has it. */
  public static MemoryDemand ofMerge(PipelineSettings settings) {
    long parameters = NativeDemand.of(settings.network()).parameters();
    long perParameter =
        FILE_BYTES_PER_PARAMETER
            + MODEL_BYTES_PER_PARAMETER
            + (settings.hasOuterStep() ? OUTER_BYTES_PER_PARAMETER : 0);
    long records = largestRecord(settings, parameters);
    // Of one record alone, its parameters are the model's.
    boolean isItsOwn = settings.replicas() == 1 && !settings.hasOuterStep();
    long brought = isItsOwn ? 0 : settings.replicas() * records;
    return new MemoryDemand(0, perParameter * parameters + brought, 0);
  }

  /**
   * The demand of the images that wait for their labels, and of labels that wait: once in a job, on
   * the heap of whichever process has it.
   */
  public static MemoryDemand ofLabels(PipelineSettings settings) {
    return new MemoryDemand(
        0,
        settings.maxImagesWithoutLabel() * (settings.network().contentBytes() + 2 * OBJECT_BYTES),
        0);
  }

  /** Both together, in one process. */
  public MemoryDemand and(MemoryDemand other) {
    return new MemoryDemand(
        nativeBytes + other.nativeBytes,
        (long) (heapBytes + (double) other.heapBytes),
        backboneBytes + other.backboneBytes);
  }

  /** The demand of several replicas in one process. */
  public MemoryDemand times(int replicas) {
    return new MemoryDemand(
        (long) (replicas * (double) nativeBytes),
        (long) (replicas * (double) heapBytes),
        backboneBytes);
  }
}
