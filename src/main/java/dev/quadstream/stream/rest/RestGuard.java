package dev.quadstream.stream.rest;

import dev.quadstream.stream.rest.RestPolicy.Request;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.rest.FileUploadHandler;
import org.apache.flink.runtime.rest.handler.util.HandlerUtils;
import org.apache.flink.runtime.rest.messages.ErrorResponseBody;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.SimpleChannelInboundHandler;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.FullHttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaders;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;

/** Applies the policy to the requests of one connection, before Flink routes them. */
final class RestGuard extends SimpleChannelInboundHandler<FullHttpRequest> {

  private final RestPolicy policy;
  private final Map<String, String> responseHeaders;

  RestGuard(RestPolicy policy, Map<String, String> responseHeaders) {
    this.policy = policy;
    this.responseHeaders = responseHeaders;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request)
      throws Exception {
    HttpHeaders headers = request.headers();
    Optional<String> refusal =
        policy.refusal(
            new Request(
                request.method().name(),
                request.uri(),
                headers.get(HttpHeaderNames.HOST),
                headers.get(HttpHeaderNames.ORIGIN),
                headers.get("Sec-Fetch-Site")));
    if (refusal.isEmpty()) {
      context.fireChannelRead(request.retain());
      return;
    }
    // Flink has already put what was uploaded with it into files.
    FileUploadHandler.getMultipartFileUploads(context).close();
    HandlerUtils.sendErrorResponse(
        context,
        request,
        new ErrorResponseBody(refusal.get()),
        HttpResponseStatus.FORBIDDEN,
        responseHeaders);
  }
}
