package dev.quadstream.serve.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Responses;
import dev.quadstream.serve.state.RunState;
import dev.quadstream.training.TestingReports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Browsers that do not read, or are too many, over real sockets. */
class EventStreamTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final RunState state = new RunState("network");
  private int runs;
  private final EventStream events =
      new EventStream(state, Optional.empty(), Duration.ofSeconds(2));
  private final List<Socket> sockets = new ArrayList<>();
  private ExecutorService requests;
  private HttpServer http;

  @BeforeEach
  void serve() throws IOException {
    sendAWholeHistory();
    requests = Executors.newCachedThreadPool();
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(requests);
    http.createContext(
        "/",
        exchange -> {
          try (exchange) {
            try {
              events.stream(exchange, null, () -> {});
            } catch (RequestException e) {
              Responses.sendProblem(exchange, e);
            }
          }
        });
    http.start();
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    events.close();
    http.stop(0);
    requests.shutdownNow();
  }

  @Test
  void browsersThatDoNotReadLoseTheirPlacesAndOneThatDoesKeepsItsOwn() throws Exception {
    Socket reader = ask();
    Thread reading = new Thread(() -> readToEnd(reader));
    reading.start();
    for (int i = 1; i < EventStream.MAX_LISTENERS; i++) {
      ask();
    }
    await().atMost(PATIENCE).until(() -> firstLine(ask()).contains("503"));

    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              sendAWholeHistory();
              events.closeStuck();
              return firstLine(ask()).contains("200");
            });

    assertThat(reading.isAlive()).isTrue();
  }

  /** A run from its beginning: some 200 kB, which fill the buffers of a connection in the end. */
  private void sendAWholeHistory() {
    runs++;
    for (int window = 0; window < 1_200; window++) {
      state.add(TestingReports.ofRun("run-" + runs, 0, window), window);
    }
  }

  /** Asks for the events and reads nothing. */
  private Socket ask() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(2_048);
    socket.connect(http.getAddress());
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String firstLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.getInputStream().read(); next > '\r'; ) {
      line.append((char) next);
      next = socket.getInputStream().read();
    }
    return line.toString();
  }

  private static void readToEnd(Socket socket) {
    try {
      byte[] buffer = new byte[8_192];
      int read = 0;
      while (read >= 0) {
        read = socket.getInputStream().read(buffer);
      }
    } catch (IOException e) {
      // The test closes the connection at its end.
      return;
    }
  }
}
