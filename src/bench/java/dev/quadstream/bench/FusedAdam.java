package dev.quadstream.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * {@code torch.optim.Adam(fused=True)}: all parameters in one pass each, where DJL's own Adam takes
 * eleven. DJL does not offer the operation, but runs TorchScript, so this writes the archive of a
 * script of one line.
 */
final class FusedAdam {

  private static final String FOLDER = "adam/";
  // Pickles of protocol 2: an object of the class below without state, and an empty tuple.
  private static final String OBJECT =
      "\u0080\u0002c__torch__\nAdam\n)\u0081}(X\b\0\0\0training\u0089X\u0016\0\0\0_is_full_backward_hookNub.";
  private static final String NO_CONSTANTS = "\u0080\u0002).";

  private final PtSymbolBlock script;

  FusedAdam(PtNDManager manager, int arrays, double learningRate, double beta1, double beta2) {
    try {
      this.script =
          JniUtils.loadModule(
              manager,
              new ByteArrayInputStream(archive(code(arrays, learningRate, beta1, beta2))),
              false,
              false);
    } catch (IOException e) {
      throw new UncheckedIOException("Reading from memory failed.", e);
    }
  }

  /**
   * One update in place.
   *
   * @param arrays the weights, then their gradients, first moments, second moments; then the number
   *     of the update, from 1, and ε beside the corrected √v, as scalars
   */
  void update(NDList arrays) {
    IValueUtils.forward(script, arrays, true).close();
  }

  // What is returned keeps the update: a list that nobody reads again is optimised away, with it.
  private static String code(int arrays, double learningRate, double beta1, double beta2) {
    List<String> parameters = new ArrayList<>();
    List<String> lists = new ArrayList<>();
    for (String name : List.of("weight", "gradient", "mean", "variance")) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < arrays; i++) {
        names.add(name + i);
        parameters.add(name + i + ": Tensor");
      }
      lists.add("[" + String.join(", ", names) + "]");
    }
    String steps = "[" + "step, ".repeat(arrays - 1) + "step]";
    return """
        class Adam(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          _is_full_backward_hook : Optional[bool]
          def forward(self: __torch__.Adam,
              %s,
              step: Tensor,
              epsilon: Tensor) -> Tensor:
            none = annotate(List[Tensor], [])
            weights = %s
            torch._fused_adam_(weights, %s, none, %s, lr=%s, beta1=%s, beta2=%s, weight_decay=0., eps=float(epsilon), amsgrad=False, maximize=False)
            return weights[0]
        """
        .formatted(
            String.join(",\n      ", parameters),
            lists.get(0),
            String.join(", ", lists.subList(1, lists.size())),
            steps,
            learningRate,
            beta1,
            beta2);
  }

  private static byte[] archive(String code) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, "data.pkl", OBJECT.getBytes(ISO_8859_1));
      add(zip, "code/__torch__.py", code.getBytes(UTF_8));
      add(zip, "constants.pkl", NO_CONSTANTS.getBytes(ISO_8859_1));
      add(zip, "version", "3\n".getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(FOLDER + name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
