package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quadstream.image.UndecodableImageException.Reason;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnreadFormatsTest {

  private final ImageDecoder decoder =
      new ImageDecoder(new ImageShape(1, 16, 16), ImageLimits.defaults());

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "....ftypheic....mif1heic, HEIC",
        "....ftypmif1....mif1heic, HEIC",
        "....ftypheix, HEIC",
        "....ftypmsf1....hevc, HEIC",
        "....ftypavif....avifmif1miaf, AVIF",
        "....ftypmif1....mif1avif, AVIF",
        "....ftypavis, AVIF",
        "....ftypunif, HEIF",
        "....ftypavci....mif1avci, HEIF",
        "....ftypjpeg, HEIF",
        "....ftypcrx , Canon",
        "....ftypjxl , JPEG XL",
        "....ftypjp2 , JPEG 2000",
        "....ftypisom, video",
        "....ftypmp42, video",
        "....ftypqt  , video",
        "\\0...moov, QuickTime",
        "\\xff\\x0a, JPEG XL",
        "\\0\\0\\0\\x0cJXL \\x0d\\x0a\\x87\\x0a, JPEG XL",
        "\\0\\0\\0\\x0cjP  \\x0d\\x0a\\x87\\x0a, JPEG 2000",
        "\\xff\\x4f\\xff\\x51, JPEG 2000",
        "II\\xbc\\x01, JPEG XR",
        "8BPS\\0\\1, Photoshop",
        "%PDF-1.7, PDF",
        "junk%PDF-1.4, PDF",
        "%!PS-Adobe, PostScript",
        "\\0\\0\\1\\0\\1\\0\\x10\\x10, Windows icon",
        "\\0\\0\\2\\0\\1\\0\\x10\\x10, Windows cursor",
        "P7 96 64 255, PAM",
        "qoif, QOI",
        "\\x28\\0\\0\\0\\x60\\0\\0\\0\\x40\\0\\0\\0\\1\\0\\x18\\0, without the header of its file",
        "BADH\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0BM, OS/2",
        "DDS |, DirectDraw",
        "v/1\\1, OpenEXR",
        "#?RADIANCE, Radiance",
        "FUJIFILMCCD-RAW, raw file of a camera",
        "RIFF....AVI LIST, AVI",
        "RIFF....WAVEfmt, audio",
        "\\x1aE\\xdf\\xa3, Matroska",
        "\\0\\0\\1\\xba, MPEG",
        "OggS, Ogg",
        "PK\\3\\4, zip",
        "\\x1f\\x8b\\x08, compressed",
        "7z\\xbc\\xaf\\x27\\x1c, archive",
        "\\x93NUMPY, NumPy",
        "\\0\\5\\x16\\7, AppleDouble",
        "version https://git-lfs.github.com/spec/v1, Git LFS",
        "<svg xmlns=\"http://www.w3.org/2000/svg\">, SVG",
        "<?xml version='1.0'?> <!-- x --> <svg width='9'>, SVG",
        "<!DOCTYPE svg PUBLIC, SVG",
        "<!DOCTYPE html><html>, HTML page",
        "  <!doctype HTML>, HTML page",
        "<HTML><head>, HTML page",
        "\\xef\\xbb\\xbf<html lang=en>, HTML page",
        "<!-- cached --><html>, HTML page",
        "<?xml version='1.0'?><Error><Code>AccessDenied</Code>, XML",
        "{\"error\": \"not found\"}, JSON",
        "[1; 2], JSON",
        "iVBORw0KGgoAAAANSUhEUg, base64",
        "data:image/jpeg;base64;/9j/4AAQ, data URL",
        "/9j/4AAQSkZJRg, base64",
        "\\xef\\xbb\\xbf\\x89PNG, byte order mark",
        "\\x7fELF, program",
      })
  void whatPeopleSendInPlaceOfAPictureIsNamed(String start, String name) {
    byte[] file = bytes(start);

    UndecodableImageException refusal = refused(file);

    assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(refusal)
        .hasMessageContaining(name)
        .hasMessageContaining("send PNG")
        .hasMessageNotContaining("damaged");
  }

  @Test
  void aPngThatWasMovedAsTextIsDamaged() {
    for (String start :
        new String[] {
          "\\x89PNG\\x0a\\x1a\\x0a", "\\xc2\\x89PNG", "\\xef\\xbf\\xbdPNG", "\\x09PNG"
        }) {
      UndecodableImageException refusal = refused(bytes(start));

      assertThat(refusal.reason()).isEqualTo(Reason.CORRUPT);
      assertThat(refusal).hasMessageContaining("as text");
    }
  }

  @Test
  void anApplePngIsNamed() {
    byte[] png =
        TestingPng.begin()
            .chunk("CgBI", (byte) 0x50, (byte) 0, (byte) 0x20, (byte) 2)
            .pixels(new byte[48], 48);

    UndecodableImageException refusal = refused(png);

    assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(refusal).hasMessageContaining("CgBI");
  }

  @Test
  void randomBytesHaveNoName() {
    SplittableRandom random = new SplittableRandom(21);
    int named = 0;
    for (int round = 0; round < 2_000; round++) {
      byte[] bytes = new byte[64];
      random.nextBytes(bytes);
      named += UnreadFormats.name(bytes).isPresent() ? 1 : 0;
    }
    assertThat(named).isLessThan(3);
    assertThat(UnreadFormats.name("The picture of a cat".getBytes(UTF_8))).isEmpty();
    String packets = "G".repeat(4) + "-".repeat(184) + "G, no film";
    assertThat(UnreadFormats.name(packets.getBytes(UTF_8))).isEmpty();
    assertThat(FileContent.of("BM is short for bitmap".getBytes(UTF_8)).isRead()).isFalse();
  }

  private UndecodableImageException refused(byte[] file) {
    return catchThrowableOfType(UndecodableImageException.class, () -> decoder.decode(file));
  }

  /** The bytes of a text with escapes, and some more zeros behind them. */
  private static byte[] bytes(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '\\') {
        plain.append(text.charAt(i));
      } else if (text.charAt(i + 1) == 'x') {
        plain.append((char) Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        plain.append((char) (text.charAt(++i) - '0'));
      }
    }
    return java.util.Arrays.copyOf(plain.toString().getBytes(ISO_8859_1), plain.length() + 40);
  }
}
