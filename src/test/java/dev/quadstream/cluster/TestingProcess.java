package dev.quadstream.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A JVM seen from outside, through the JDK's own tools and /proc. */
final class TestingProcess {

  private static final Pattern THREAD = Pattern.compile("(?m)^\"(.+)\" #\\d+ ");
  private static final Pattern HEAP = Pattern.compile("\\[0x([0-9a-f]+), 0x([0-9a-f]+)\\)");
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ [r-].*");

  private final String pid;

  TestingProcess(long pid) {
    this.pid = Long.toString(pid);
  }

  /** How many of its Java threads have each name, with # for every number in it. */
  Map<String, Long> threads() throws IOException, InterruptedException {
    return THREAD
        .matcher(jcmd("Thread.print"))
        .results()
        .map(match -> match.group(1).replaceAll("\\d+", "#"))
        .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
  }

  /** The class loaders of jobs that are still alive after a garbage collection. */
  long jobClassLoaders() throws IOException, InterruptedException {
    collectGarbage();
    return jcmd("VM.classloader_stats")
        .lines()
        .filter(line -> line.endsWith("org.apache.flink.util.ChildFirstClassLoader"))
        .count();
  }

  /** Bytes of memory that it uses outside its heap: classes, stacks, native libraries, arrays. */
  long residentBytesOutsideHeap() throws IOException, InterruptedException {
    collectGarbage();
    giveBackFreedMemory();
    MatchResult heap = find(HEAP, jcmd("GC.heap_info"));
    long start = Long.parseUnsignedLong(heap.group(1), 16);
    long end = Long.parseUnsignedLong(heap.group(2), 16);
    long bytes = 0;
    boolean inHeap = false;
    for (String line : Files.readAllLines(Path.of("/proc", pid, "smaps"))) {
      Matcher mapping = MAPPING.matcher(line);
      if (mapping.matches()) {
        long address = Long.parseUnsignedLong(mapping.group(1), 16);
        inHeap = start <= address && address < end;
      } else if (line.startsWith("Rss:") && !inHeap) {
        bytes += 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return bytes;
  }

  /** Twice: the first finds what is dead, the second what its finalizers have freed. */
  private void collectGarbage() throws IOException, InterruptedException {
    jcmd("GC.run");
    jcmd("GC.run_finalization");
    jcmd("GC.run");
  }

  /**
   * Or what glibc keeps of freed memory, for each of its arenas as much as the busiest job took
   * from it, would look like a leak for the first jobs. JDKs before 17.0.9 cannot be asked to.
   */
  private void giveBackFreedMemory() throws IOException, InterruptedException {
    if (jcmd("help").contains("System.trim_native_heap")) {
      jcmd("System.trim_native_heap");
    }
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    return TestingDistribution.run(List.of(jcmd.toString(), pid, command));
  }

  private static MatchResult find(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No " + pattern + " in " + text));
  }
}
