package dev.quadstream.backbone;

import ai.onnxruntime.OrtException;
import java.util.Locale;
import java.util.regex.Pattern;

/** What to do about a file that ONNX Runtime refuses, by what it says of it. */
final class Refusal {

  /** Where files beside a network's are looked for, and where there are none. */
  static final String NO_DIRECTORY = "files-beside-a-backbone-are-not-read";

  private static final int SHOWN_CHARACTERS = 300;

  /** Where in ONNX Runtime's source it was said: path, line and signature of the function. */
  private static final Pattern PLACE =
      Pattern.compile(
          "\\S+\\.(cc|cpp|h|hpp):\\d+ [^(]*\\(([^()]|\\([^()]*\\))*\\)( const)?( \\[with"
              + " [^\\]]*\\])? ?");

  private Refusal() {}

  /** A clause that says what is wrong and what to do. */
  static String of(OrtException refusal) {
    String said = refusal.getMessage().toLowerCase(Locale.ROOT);
    if (said.contains("ir version") || said.contains("ir_version")) {
      return "the format of the file (its IR version) is none that this ONNX Runtime reads; set it"
          + " with the Python package onnx, model.ir_version = 10, and save it again";
    }
    if (refusal.getCode() == OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED
        || said.contains("could not find an implementation")) {
      return "it has an operator that this ONNX Runtime does not compute in this type of numbers;"
          + " export it in float32, or quantise it statically (QDQ)";
    }
    if (said.contains("opset")) {
      return "it is of a newer opset than this ONNX Runtime knows; export it again with an older"
          + " one, such as 17";
    }
    if (said.contains(NO_DIRECTORY) || said.contains("external")) {
      return "its weights lie in a file beside it; save it as one file, as onnx.save_model does"
          + " with save_as_external_data=False";
    }
    if (refusal.getCode() == OrtException.OrtErrorCode.ORT_INVALID_PROTOBUF) {
      return "it is no ONNX file, or a damaged one; download it again and compare its size";
    }
    if (said.contains("not implemented")
        || said.contains("no op registered")
        || said.contains("not a registered function")) {
      return "it has an operator that this ONNX Runtime does not know; export it with standard"
          + " operators";
    }
    return "it is damaged, or no network that ONNX Runtime runs; download or export it again";
  }

  /** The beginning of what ONNX Runtime said, on one line, without where in its source. */
  static String said(OrtException refusal) {
    String said = PLACE.matcher(refusal.getMessage().replaceAll("\\s+", " ").trim()).replaceAll("");
    return said.length() <= SHOWN_CHARACTERS ? said : said.substring(0, SHOWN_CHARACTERS) + "…";
  }
}
