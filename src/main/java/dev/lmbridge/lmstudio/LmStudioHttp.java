package dev.lmbridge.lmstudio;

import dev.lmbridge.catalog.CatalogModel;
import dev.lmbridge.catalog.Observation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Looks at a host over HTTP. Never starts it, never loads anything. */
public final class LmStudioHttp {
    /** How long one request of a look may take. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** Larger lists than this are no model lists. */
    private static final long MAX_BODY = 16L << 20;

    private final HttpClient client;
    private final HostEndpoint endpoint;

    public LmStudioHttp(HttpClient client, HostEndpoint endpoint) {
        this.client = client;
        this.endpoint = endpoint;
    }

    /**
     * What the host has on disk and in memory: by {@code /api/v1/models}, or where the host has no such route by {@code
     * /api/v0/models}. Fails with {@link HostUnreachable}.
     */
    public Future<Observation> look() {
        return list("/api/v1/models", ModelLists::v1)
                .compose(found ->
                        found.isPresent() ? Future.succeededFuture(found) : list("/api/v0/models", ModelLists::v0))
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(new HostUnreachable(
                                endpoint + " answers, but not as LM Studio does (no model list).", false))));
    }

    /**
     * Uses a loaded instance in the smallest way there is, so that its TTL begins anew: one token, or one embedding. Fails with {@link
     * HostUnreachable} unless that very instance has answered.
     *
     * @param within how long it may take, connecting included
     */
    public Future<Void> touch(String identifier, CatalogModel.Kind kind, Duration within) {
        boolean embeds = kind == CatalogModel.Kind.EMBEDDING;
        JsonObject body = new JsonObject().put("model", identifier);
        if (embeds) {
            body.put("input", ".");
        } else {
            body.put(
                            "messages",
                            new JsonArray()
                                    .add(new JsonObject().put("role", "user").put("content", ".")))
                    .put("max_tokens", 1)
                    .put("stream", false);
        }
        RequestOptions options = options(HttpMethod.POST, embeds ? "/v1/embeddings" : "/v1/chat/completions")
                .putHeader("Content-Type", "application/json");
        return Future.succeededFuture(options)
                .compose(client::request)
                .compose(request -> request.send(body.toBuffer())
                        .compose(response -> body(response).map(answer -> answered(response, answer)))
                        .timeout(within.toMillis(), TimeUnit.MILLISECONDS)
                        .onFailure(error -> request.reset().onFailure(gone -> {})))
                .timeout(within.plus(TIMEOUT).toMillis(), TimeUnit.MILLISECONDS)
                .recover(error -> Future.failedFuture(explained(error)))
                .mapEmpty();
    }

    /** LM Studio answers 200 to what it does not understand, too: then there is an error in it. */
    private boolean answered(HttpClientResponse response, Buffer answer) {
        String said = answer.toString(StandardCharsets.UTF_8);
        boolean error = said.contains("\"error\"") && !said.contains("\"usage\"");
        if (response.statusCode() != 200 || error) {
            throw new HostUnreachable(
                    endpoint + " answers with status " + response.statusCode() + ": "
                            + said.substring(0, Math.min(200, said.length())),
                    false);
        }
        return true;
    }

    private RequestOptions options(HttpMethod method, String path) {
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setSsl(endpoint.tls())
                .setURI(path)
                .setConnectTimeout(TIMEOUT.toMillis());
        endpoint.authorization().ifPresent(value -> options.putHeader("Authorization", value));
        return options;
    }

    private Future<Optional<Observation>> list(String path, Function<JsonObject, Optional<Observation>> parser) {
        RequestOptions options = options(HttpMethod.GET, path).setIdleTimeout(TIMEOUT.toMillis());
        return Future.succeededFuture(options)
                // Inside the chain, so that a client that was closed fails the future and does not throw.
                .compose(client::request)
                .compose(request -> request.send()
                        .compose(response -> body(response).map(body -> read(response, body, parser)))
                        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        // A host that drips its list must not keep one more connection with every look.
                        .onFailure(error -> request.reset().onFailure(gone -> {})))
                // Also where no connection is to be had.
                .timeout(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .recover(error -> Future.failedFuture(explained(error)));
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        String length = response.getHeader("Content-Length");
        if (length != null && length.length() > 8) {
            return Future.failedFuture(new HostUnreachable("its model list is too large.", false));
        }
        Buffer body = Buffer.buffer();
        Promise<Buffer> whole = Promise.promise();
        response.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BODY) {
                response.handler(ignored -> {});
                whole.tryFail(new HostUnreachable("its model list is too large.", false));
            } else {
                body.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(body));
        return whole.future();
    }

    /** An unknown route is answered 200 with an error text by LM Studio, 404 by some builds: both mean "no such list". */
    private Optional<Observation> read(
            HttpClientResponse response, Buffer body, Function<JsonObject, Optional<Observation>> parser) {
        if (response.statusCode() == 401 || response.statusCode() == 403) {
            throw new HostUnreachable(endpoint + " wants an API token; set hosts[].token.", false);
        }
        if (response.statusCode() >= 500) {
            throw new HostUnreachable(endpoint + " answers with status " + response.statusCode() + ".", false);
        }
        try {
            return response.statusCode() == 200 ? parser.apply(body.toJsonObject()) : Optional.empty();
        } catch (DecodeException | ClassCastException noJson) {
            return Optional.empty();
        }
    }

    private HostUnreachable explained(Throwable error) {
        return switch (error) {
            case HostUnreachable known -> known;
            case ConnectException refused -> new HostUnreachable("nothing listens at " + endpoint + ".", true);
            case UnknownHostException unknown ->
                new HostUnreachable("the name " + endpoint.host() + " is not known.", true);
            default ->
                new HostUnreachable(
                        endpoint + " did not answer within " + TIMEOUT.toSeconds() + " s, or broke off ("
                                + error.getClass().getSimpleName() + ").",
                        false);
        };
    }
}
