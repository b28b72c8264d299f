package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names what people send in place of a picture that can be read, so that the refusal is true: a
 * whole HEIC photo is not damaged, and to send it again does not help.
 */
final class UnreadFormats {

  static final int LONGEST_START = 1_024;

  /** The brands of files in boxes, at offset 8 behind "ftyp". */
  private static final String BOX = "^.{4}ftyp";

  /** Text may begin with a byte order mark and blanks. */
  private static final String TEXT = "^(?:\u00ef\u00bb\u00bf)?\\s*";

  /** Among so many bytes one that no text has: paths of a list hold words, too. */
  private static final String NO_TEXT = "^(?=.{0,%d}?[\0-\b\u000e-\u001f])";

  private static final List<Kind> KINDS =
      List.of(
          kind("an AVIF image", BOX + "(?:avif|avis)"),
          kind("an AVIF image", BOX + "(?:mif1|msf1|miaf).{0,64}?avi[fs]"),
          kind(
              "a HEIC image",
              BOX + "(?:hei[cxms]|hev[cxms]|mif1|mif2|msf1|miaf|heif)",
              "on an iPhone, Settings > Camera > Formats > Most Compatible takes JPEG"),
          kind(
              "a HEIF image",
              BOX + "(?:unif|jpeg|jpgs|avc[is]|vvi[cs]|evb[is]|j2k[is]|1pic|pred|tmap)"),
          kind("a raw file of a Canon camera (CR3)", BOX + "crx"),
          kind("a JPEG XL image", BOX + "jxl"),
          kind("a JPEG 2000 image", BOX + "jp[2xmh]"),
          kind("a video or audio file (MP4, QuickTime)", BOX),
          kind(
              "a video file (QuickTime)",
              NO_TEXT.formatted(4) + "^.{4}(?:moov|mdat|wide|free|skip)"),
          kind("a JPEG XL image", "^(?:\u00ff\n|\0\0\0\fJXL \r\n\u0087\n)"),
          kind("a JPEG 2000 image", "^(?:\0\0\0\fjP  \r\n\u0087\n|\u00ffO\u00ffQ)"),
          kind("a JPEG XR image", "^II\u00bc"),
          kind("a Photoshop document", "^8BP[SB]"),
          kind("a GIMP document", "^gimp xcf"),
          kind("a PDF document", "^.{0,1000}?%PDF-"),
          kind("a PostScript file", "^(?:%!PS|\u00c5\u00d0\u00d3\u00c6)"),
          kind("a Windows icon", "^\0\0\u0001\0[^\0]\0"),
          kind("a Windows cursor", "^\0\0\u0002\0[^\0]\0"),
          kind("a Mac icon", "^icns"),
          kind("a Netpbm image with alpha (PAM)", "^P7[\\s#]"),
          kind("a float image (PFM)", "^P[Ff]\\s"),
          kind("an MNG or JNG image", "^[\u008a\u008b][MJ]NG"),
          kind("a QOI image", "^qoif"),
          kind("a FLIF image", "^FLIF"),
          kind("a BPG image", "^BPG\u00fb"),
          kind("a DirectDraw texture", "^DDS "),
          kind("a KTX texture", "^\u00abKTX "),
          kind("an OpenEXR image", "^v/1\u0001"),
          kind("a Radiance HDR image", "^#\\?(?:RADIANCE|RGBE)"),
          kind("a PCX image", "^\n[\0\u0002-\u0005]\u0001[\u0001\u0002\u0004\b]"),
          kind("a Sun raster image", "^Y\u00a6j\u0095"),
          kind("an SGI image", "^\u0001\u00da[\0\u0001][\u0001\u0002]"),
          kind("a DICOM image", "^.{128}DICM"),
          kind("a FITS image", "^SIMPLE  ="),
          kind("a DjVu document", "^AT&TFORM"),
          kind("a Windows metafile", "^(?:\u00d7\u00cd\u00c6\u009a|\u0001\0\0\0.{36} EMF)"),
          kind("a raw file of a camera", "^(?:IIRO|IIRS|MMOR|IIU\0|FUJIFILMCCD-RAW|FOVb|\0MRM)"),
          kind("a video file (AVI)", "^RIFF.{4}AVI "),
          kind("an audio file", "^(?:RIFF.{4}WAVE|ID3[\u0002-\u0004]|fLaC|MThd)"),
          kind("a video file (Matroska, WebM)", "^\u001aE\u00df\u00a3"),
          kind("a video file (MPEG)", "^\0\0\u0001[\u00b3\u00ba]"),
          kind("a video file (MPEG transport stream)", NO_TEXT.formatted(188) + "^G.{187}G"),
          kind("a video file (Windows Media)", "^0&\u00b2u\u008ef\u00cf\u0011"),
          kind("a video file (Flash)", "^FLV\u0001"),
          kind("an Ogg file", "^OggS"),
          kind("a zip archive or a document in one", "^PK(?:\u0003\u0004|\u0005\u0006)"),
          kind(
              "a compressed file or an archive",
              "^(?:\u001f\u008b|BZh[1-9]|\u00fd7zXZ|\\(\u00b5/\u00fd|7z\u00bc\u00af|Rar!\u001a|.{257}ustar)",
              "unpack it"),
          kind(
              "a file of Windows or of Office (Thumbs.db, .doc)",
              "^\u00d0\u00cf\u0011\u00e0\u00a1\u00b1"),
          kind(
              "a bitmap without the header of its file (DIB)",
              "^[(l|]\0{3}.{2}\0\0.{4}\u0001\0[\u0001\u0004\b\u0010\u0018 ]\0",
              "save it as BMP or PNG"),
          kind("bitmaps of OS/2 in one file", "^BA.{12}(?:BM|IC|CI|PT)"),
          kind("a DPX or Cineon image", "^(?:SDPX|XPDS|\u0080\\*_\u00d7)"),
          kind("a MIFF image", "^id=ImageMagick"),
          kind("an X11 image (XPM, XBM)", "^(?:/\\* XPM \\*/|#define \\w+_width )"),
          kind("a NIfTI image", "^(?:\\\\\u0001\0\0|\0\0\u0001\\\\).{340}n[+i]1\0"),
          kind("a Targa image", "^.\0[\u0002\u0003\n\u000b]\0{5}.{8}[\b\u0010\u0018 ]"),
          kind("a Targa image", "^.\u0001[\u0001\t].{4}[\u0010\u0018 ].{8}[\b\u0010]"),
          kind("a Python pickle", "^\u0080[\u0002-\u0005][\u008c\u0095cCX(}\\]]"),
          kind("an object of Java's own serialization", "^\u00ac\u00ed\0\u0005"),
          kind("an Avro file", "^Obj\u0001"),
          kind("an HTTP answer with its headers", "^HTTP/[12]", "leave the headers out"),
          kind(
              "an uploaded form (multipart)",
              "^--[^\r\n]{1,70}\r\n(?i:Content-)",
              "send the file that is in it"),
          kind("a NumPy array", "^\u0093NUMPY"),
          kind("an HDF5 file", "^\u0089HDF\r\n"),
          kind("a Parquet file", "^PAR1"),
          kind("a database of SQLite", "^SQLite format 3"),
          kind("a program", "^(?:\u007fELF|MZ.{0,126}\0\0PE|\u00ca\u00fe\u00ba\u00be)"),
          kind(
              "a file of a Mac's folder data (AppleDouble)",
              "^\0\u0005\u0016\u0007",
              "files whose names begin with ._ are no pictures"),
          kind(
              "the pointer that Git LFS keeps in place of a file",
              TEXT + "version https://git-lfs",
              "run git lfs pull"),
          kind("an SVG image", TEXT + "(?:<\\?xml.{0,900}?<|<!--.{0,900}?<|<!DOCTYPE |<)svg[\\s>]"),
          kind(
              "an HTML page, often a server's answer in place of the picture",
              TEXT + "(?:<!--.{0,500}?-->\\s*)?<(?:!DOCTYPE html|html|head|body|script|title)"),
          kind("an XML document", TEXT + "<(?:\\?xml|!DOCTYPE|!--)"),
          kind(
              "a PNG in base64",
              TEXT + "(?:data:image/[\\w.+-]+;base64,)?iVBORw0KGgo",
              "decode it"),
          kind("a JPEG in base64", TEXT + "(?:data:image/[\\w.+-]+;base64,)?/9j/", "decode it"),
          kind("a data URL", TEXT + "data:[\\w.+/-]*[;,]", "decode it"),
          kind("JSON text", TEXT + "[{\\[]\\s*(?:[\"{\\[\\]}\\d-]|true|false|null)"),
          kind(
              "an image behind a byte order mark (ef bb bf), which a program that writes text put"
                  + " there",
              "^\u00ef\u00bb\u00bf(?:\u0089PNG|\u00ff\u00d8\u00ff|GIF8|BM|II\\*|MM\0\\*|RIFF)",
              "leave the mark out"),
          kind(
              "an image behind blank lines or zeros that do not belong to it",
              "^[\\s\0]{1,1000}(?:\u0089PNG|\u00ff\u00d8\u00ff|GIF8|II\\*|MM\0\\*|RIFF.{4}WEBP)",
              "leave out what stands before it"),
          kind(
              "what a schema registry's serializer writes (Avro, Protobuf)",
              "^\0\0(?!\0\0\0).{3}[^\0]",
              "send the bytes of the image, or JSON"));

  /** Line ends that were converted, or bytes that were taken for Latin-1 or UTF-8. */
  private static final Pattern PNG_AS_TEXT =
      Pattern.compile("^(?:\u0089PNG[\r\n]|\u00c2\u0089PNG|\u00ef\u00bf\u00bdPNG|[\t?]PNG)");

  private UnreadFormats() {}

  /** Whether the bytes were a PNG file before something that moves text changed them. */
  static boolean isPngMovedAsText(byte[] file) {
    return PNG_AS_TEXT.matcher(start(file)).find();
  }

  /**
   * What the bytes are and what to do about it, as a phrase: "a HEIC image".
   *
   * @return nothing where they are nothing that is known
   */
  static Optional<String> name(byte[] file) {
    String start = start(file);
    for (Kind kind : KINDS) {
      if (kind.start.matcher(start).find()) {
        return Optional.of(kind.phrase);
      }
    }
    return Optional.empty();
  }

  private static String start(byte[] file) {
    return new String(file, 0, Math.min(file.length, LONGEST_START), ISO_8859_1);
  }

  private static Kind kind(String name, String start) {
    return new Kind(name, pattern(start));
  }

  private static Kind kind(String name, String start, String advice) {
    return new Kind(name + " (" + advice + ")", pattern(start));
  }

  private static Pattern pattern(String start) {
    boolean text = start.startsWith(TEXT);
    return Pattern.compile(
        start, text ? Pattern.DOTALL | Pattern.CASE_INSENSITIVE : Pattern.DOTALL);
  }

  private record Kind(String phrase, Pattern start) {}
}
