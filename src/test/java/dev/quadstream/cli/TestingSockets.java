package dev.quadstream.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The doors that this process and those it started have open, as Linux knows them. */
final class TestingSockets {

  private static final String LISTENING = "0A";
  private static final int ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  /** 127.0.0.1 as a number of this machine's order, plain and mapped to IPv6; and ::1. */
  private static final List<String> LOOPBACK =
      List.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

  private TestingSockets() {}

  /** Addresses that are listened on, as {@code address:port} in the notation of /proc/net/tcp. */
  static Set<String> listening() throws IOException {
    Set<String> inodes = new HashSet<>();
    for (ProcessHandle process :
        Stream.concat(Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())
            .toList()) {
      addSockets(process.pid(), inodes);
    }
    Set<String> addresses = new TreeSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.trim().split("\\s+");
        if (fields[STATE].equals(LISTENING) && inodes.contains(fields[INODE])) {
          addresses.add(fields[ADDRESS]);
        }
      }
    }
    return addresses;
  }

  /** Whether only this machine reaches the address. */
  static boolean isLoopback(String address) {
    return LOOPBACK.contains(address.substring(0, address.indexOf(':')));
  }

  private static void addSockets(long process, Set<String> inodes) throws IOException {
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc/" + process + "/fd"))) {
      for (Path descriptor : descriptors) {
        addSocket(descriptor, inodes);
      }
    } catch (NoSuchFileException endedMeanwhile) {
      // A process that is gone listens no longer.
    }
  }

  private static void addSocket(Path descriptor, Set<String> inodes) throws IOException {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      if (target.startsWith("socket:[")) {
        inodes.add(target.substring("socket:[".length(), target.length() - 1));
      }
    } catch (NoSuchFileException closedMeanwhile) {
      // Nor does a socket.
    }
  }
}
