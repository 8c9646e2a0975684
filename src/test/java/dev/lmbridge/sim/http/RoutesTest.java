package dev.lmbridge.sim.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RoutesTest {
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        vertx.close().await(20, SECONDS);
    }

    @Test
    void aMistakeInAHandlerIsAnErrorOfItsApiOrACutAndTheServerGoesOn() throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(Routes.guarded(request -> {
                    if (request.path().endsWith("/begun")) {
                        request.response().setChunked(true).write("x");
                    }
                    throw new IllegalStateException("a mistake, made by the test");
                }))
                .listen(0, "127.0.0.1")
                .await(20, SECONDS);
        HttpResponse<String> rest = get(server, "/api/v1/models");
        assertThat(rest.statusCode()).isEqualTo(500);
        assertThat(Replies.JSON.readTree(rest.body()).path("error").path("type").asText())
                .isEqualTo("internal_error");
        assertThatThrownBy(() -> get(server, "/begun")).isInstanceOf(IOException.class);
        HttpResponse<String> other = get(server, "/v1/models");
        assertThat(other.statusCode()).isEqualTo(500);
        assertThat(Replies.JSON.readTree(other.body()).path("error").asText()).startsWith("The simulation failed");
    }

    private HttpResponse<String> get(HttpServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString(UTF_8));
    }
}
