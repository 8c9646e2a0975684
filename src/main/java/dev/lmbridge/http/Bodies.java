package dev.lmbridge.http;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.settings.DurationText;
import dev.lmbridge.settings.HttpSettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;

/**
 * Reads bodies whole, bounded in size and in how long nothing of one may come. One that never ends would hold its connection,
 * and what it has sent, for as long as the sender likes.
 */
final class Bodies {
    private static final String TIMER = "lmbridge.bodyTimer";

    private final Vertx vertx;
    private final BodyHandler reader;
    private final Duration stalled;

    Bodies(Vertx vertx, HttpSettings settings) {
        this.vertx = vertx;
        reader = BodyHandler.create(false).setBodyLimit(settings.maxBodyBytes());
        stalled = settings.deadlines().clientStalled();
    }

    /** On every path and method, so that the router still tells an unknown path from a wrong method. */
    void install(Router router) {
        router.route().handler(this::read).handler(this::complete);
    }

    private void read(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!HttpMethod.POST.equals(request.method())) {
            context.next();
            return;
        }
        watch(context, 0);
        reader.handle(context);
        // The reader would call a sender who leaves, or whose chunks are none, an error of ours.
        request.exceptionHandler(broken -> {
            if (!request.isEnded() && !context.failed()) {
                context.fail(
                        Failure.invalid("body", "broke off before its end.").asException());
            }
        });
    }

    private void watch(RoutingContext context, long seen) {
        long timer = vertx.setTimer(stalled.toMillis(), late -> {
            long read = context.request().bytesRead();
            if (context.failed() || context.response().ended()) {
                return;
            }
            if (read > seen) {
                watch(context, read);
                return;
            }
            context.addEndHandler(told -> context.request().connection().close());
            context.fail(
                    Failure.invalid("body", "stopped to come: nothing of it for " + DurationText.format(stalled) + ".")
                            .asException());
        });
        context.put(TIMER, timer);
    }

    private void complete(RoutingContext context) {
        Long timer = context.remove(TIMER);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
        context.next();
    }
}
