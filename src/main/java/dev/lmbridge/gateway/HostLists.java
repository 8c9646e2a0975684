package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.host.HostState;
import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.loader.HostHandle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** LM Studio's own lists of models, asked of every host that is up and put together. */
public final class HostLists {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Larger lists than this are no model lists. */
    private static final int MAX_BODY = 16 << 20;

    private final Gateway gateway;

    /** Which list. */
    public enum Kind {
        V0("/api/v0/models", "data", "id"),
        V1("/api/v1/models", "models", "key");

        private final String path;
        private final String rows;
        private final String name;

        Kind(String path, String rows, String name) {
            this.path = path;
            this.rows = rows;
            this.name = name;
        }

        public String path() {
            return path;
        }

        /** The rows of a list. */
        public List<JsonObject> rows(JsonObject list) {
            List<JsonObject> found = new ArrayList<>();
            list.getJsonArray(rows).forEach(row -> {
                if (row instanceof JsonObject object) {
                    found.add(object);
                }
            });
            return found;
        }
    }

    public HostLists(Gateway gateway) {
        this.gateway = gateway;
    }

    /** The list of all hosts. A model that several have stands in it once, with the instances of all. */
    public Future<JsonObject> get(Kind kind) {
        List<Future<JsonObject>> asked = gateway.fleet.hosts().stream()
                .filter(host -> host.view().reach() == HostState.Reach.UP)
                .map(host -> get(host, kind))
                .toList();
        if (asked.isEmpty()) {
            return Future.failedFuture(Failure.of(FailureCode.HOST_UNAVAILABLE, "No LM Studio answers.")
                    .withRetryAfter(Gateway.RETRY)
                    .asException());
        }
        return Future.join(asked).transform(done -> {
            List<JsonObject> lists =
                    asked.stream().filter(Future::succeeded).map(Future::result).toList();
            return lists.isEmpty() ? asked.getFirst() : Future.succeededFuture(merged(kind, lists));
        });
    }

    private static JsonObject merged(Kind kind, List<JsonObject> lists) {
        if (lists.size() == 1) {
            return lists.getFirst();
        }
        Map<String, JsonObject> rows = new LinkedHashMap<>();
        for (JsonObject list : lists) {
            for (JsonObject row : kind.rows(list)) {
                rows.merge(String.valueOf(row.getValue(kind.name)), row, HostLists::both);
            }
        }
        return lists.getFirst().copy().put(kind.rows, new JsonArray(List.copyOf(rows.values())));
    }

    private static JsonObject both(JsonObject one, JsonObject other) {
        if (one.getValue("loaded_instances") instanceof JsonArray here
                && other.getValue("loaded_instances") instanceof JsonArray there) {
            return one.copy().put("loaded_instances", here.copy().addAll(there));
        }
        return "loaded".equals(other.getValue("state")) ? other : one;
    }

    private Future<JsonObject> get(HostHandle host, Kind kind) {
        HostEndpoint endpoint = host.endpoint();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(endpoint.host())
                .setPort(endpoint.port())
                .setSsl(endpoint.tls())
                .setURI(kind.path());
        endpoint.authorization().ifPresent(value -> options.putHeader("Authorization", value));
        return gateway.client
                .request(options)
                .compose(request -> request.send()
                        .compose(answer -> body(request, answer).map(body -> read(answer.statusCode(), body, kind)))
                        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .onFailure(error -> request.reset().onFailure(gone -> {})))
                .timeout(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .recover(error -> Future.failedFuture(error instanceof FailureException known ? known : broken(error)));
    }

    private static FailureException broken(Throwable error) {
        return Failure.of(
                        FailureCode.UPSTREAM_ERROR,
                        "The host did not give its list of models ("
                                + error.getClass().getSimpleName() + ").")
                .asException();
    }

    private static Future<Buffer> body(HttpClientRequest request, HttpClientResponse answer) {
        Buffer body = Buffer.buffer();
        Promise<Buffer> whole = Promise.promise();
        answer.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BODY) {
                whole.tryFail(Failure.of(FailureCode.UPSTREAM_ERROR, "The host's list of models is larger than 16 MiB.")
                        .asException());
                request.reset().onFailure(gone -> {});
            } else {
                body.appendBuffer(chunk);
            }
        });
        answer.exceptionHandler(whole::tryFail);
        answer.endHandler(end -> whole.tryComplete(body));
        return whole.future();
    }

    private static JsonObject read(int status, Buffer body, Kind kind) {
        AnswerScan scan = AnswerScan.of(body.getBytes()).orElse(null);
        if (status != 200 || scan == null || scan.hasError()) {
            String text = scan == null ? null : scan.errorText();
            throw (status == 404
                            ? Failure.of(FailureCode.NOT_SUPPORTED_BY_HOST, "This LM Studio has no route " + kind.path)
                            : Upstream.failure(status, text, null))
                    .asException();
        }
        try {
            JsonObject list = body.toJsonObject();
            if (list.getValue(kind.rows) instanceof JsonArray) {
                return list;
            }
        } catch (DecodeException tooStrange) {
            // Said below.
        }
        throw Failure.of(FailureCode.UPSTREAM_ERROR, "The host's list of models is none.")
                .asException();
    }
}
