package dev.lmbridge.lmstudio;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** LM Studio's own routes that load and unload (0.4.0 and newer). They take neither a TTL nor an identifier. */
public final class LoadRoutes {
    private static final String LOAD = "/api/v1/models/load";
    private static final String UNLOAD = "/api/v1/models/unload";
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    /** Larger answers than this are none of these routes. */
    private static final int MAX_BODY = 256 << 10;

    private final HttpClient client;
    private final HostEndpoint endpoint;

    public LoadRoutes(HttpClient client, HostEndpoint endpoint) {
        this.client = client;
        this.endpoint = endpoint;
    }

    /**
     * What the host answered.
     *
     * @param body empty if it was no JSON object
     */
    public record Reply(int status, JsonObject body) {
        /** LM Studio answers what it does not know with 200 and a text; some builds with a bare 404. */
        public boolean isUnknownRoute() {
            return body.getValue("error") instanceof String text
                    ? text.startsWith("Unexpected endpoint")
                    : status == 404 && !body.containsKey("error");
        }

        public boolean isGood() {
            return status / 100 == 2 && !body.containsKey("error");
        }

        /** LM Studio's word for the kind of error, empty if it has none. */
        public String errorType() {
            return body.getValue("error") instanceof JsonObject error && error.getValue("type") instanceof String type
                    ? type
                    : "";
        }

        /** What it says about the error, at most 2,000 characters on one line; never empty. */
        public String said() {
            Object error = body.getValue("error");
            Object text = error instanceof JsonObject object ? object.getValue("message") : error;
            String said = text instanceof String words ? words : "it answered with status " + status + ".";
            String line = said.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
            return line.isEmpty() ? "nothing." : line.substring(0, Math.min(line.length(), 2_000));
        }

        /** The identifier that the host has given to what it loaded, null if it does not tell. */
        public @Nullable String instanceId() {
            return body.getValue("instance_id") instanceof String id && !id.isBlank() ? id : null;
        }
    }

    /** One request under way. */
    public static final class Call {
        private final Promise<HttpClientRequest> sent = Promise.promise();
        private final Promise<Reply> reply = Promise.promise();

        /** Fails with {@link HostUnreachable}, or with a {@link java.util.concurrent.TimeoutException}. */
        public Future<Reply> reply() {
            return reply.future();
        }

        /** Breaks the request off; what the host makes of that is the host's. */
        public void cancel() {
            reply.tryFail(new HostUnreachable("the request was broken off.", false));
            sent.future().onSuccess(request -> request.reset().onFailure(gone -> {}));
        }
    }

    /** Loads a model under a name of the host's choice; answered when it is loaded. */
    public Call load(String key, @Nullable Integer contextLength, @Nullable Integer parallel, Duration deadline) {
        JsonObject body = new JsonObject().put("model", key).put("echo_load_config", true);
        if (contextLength != null) {
            body.put("context_length", contextLength);
        }
        if (parallel != null) {
            body.put("parallel", parallel);
        }
        return post(LOAD, body, deadline);
    }

    /** Unloads one instance. */
    public Call unload(String identifier, Duration deadline) {
        return post(UNLOAD, new JsonObject().put("instance_id", identifier), deadline);
    }

    private Call post(String path, JsonObject body, Duration deadline) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setSsl(endpoint.tls())
                .setURI(path)
                .setConnectTimeout(CONNECT_WITHIN.toMillis())
                .putHeader("Content-Type", "application/json");
        endpoint.authorization().ifPresent(value -> options.putHeader("Authorization", value));
        Call call = new Call();
        Future.succeededFuture(options)
                .compose(client::request)
                .compose(request -> {
                    call.sent.tryComplete(request);
                    if (call.reply.future().isComplete()) {
                        request.reset().onFailure(gone -> {});
                        return Future.failedFuture("broken off");
                    }
                    return request.send(body.toBuffer()).compose(LoadRoutes::read);
                })
                .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(call.reply::tryComplete)
                .onFailure(error -> {
                    call.reply.tryFail(error instanceof TimeoutException ? error : explained(error));
                    call.cancel();
                });
        return call;
    }

    private static Future<Reply> read(HttpClientResponse response) {
        Buffer body = Buffer.buffer();
        Promise<Reply> whole = Promise.promise();
        response.handler(chunk -> {
            if (body.length() + chunk.length() <= MAX_BODY) {
                body.appendBuffer(chunk);
            } else {
                response.handler(ignored -> {});
                whole.tryFail(new HostUnreachable("its answer is too large.", false));
            }
        });
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(new Reply(response.statusCode(), json(body))));
        return whole.future();
    }

    private HostUnreachable explained(Throwable error) {
        return switch (error) {
            case HostUnreachable known -> known;
            case ConnectException refused -> new HostUnreachable("nothing listens at " + endpoint + ".", true);
            default ->
                new HostUnreachable(endpoint + " broke off (" + error.getClass().getSimpleName() + ").", false);
        };
    }

    private static JsonObject json(Buffer body) {
        try {
            return body.toJsonObject();
        } catch (DecodeException | ClassCastException none) {
            return new JsonObject();
        }
    }
}
