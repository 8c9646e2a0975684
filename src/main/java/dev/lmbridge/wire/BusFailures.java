package dev.lmbridge.wire;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures across the event bus: the failure code is the HTTP status, the message is the problem document. */
public final class BusFailures {
    private static final Logger LOG = LoggerFactory.getLogger(BusFailures.class);

    private BusFailures() {}

    /** Answers a message with a failure. */
    public static void fail(Message<?> message, Throwable error) {
        Failure failure = of(error);
        message.fail(failure.code().status(), Problem.write(failure, null, null).encode());
    }

    /** The failure in any error: typed ones as they are, the bus's own translated, all else a bug with an incident id. */
    public static Failure of(Throwable error) {
        return switch (error) {
            case FailureException typed -> typed.failure();
            case ReplyException reply -> ofReply(reply);
            default -> bug(error);
        };
    }

    private static Failure ofReply(ReplyException reply) {
        return switch (reply.failureType()) {
            case RECIPIENT_FAILURE -> {
                try {
                    yield Problem.read(new JsonObject(String.valueOf(reply.getMessage())));
                } catch (DecodeException noProblem) {
                    yield bug(reply);
                }
            }
            case NO_HANDLERS -> Failure.of(FailureCode.SHUTTING_DOWN, "The part that handles this has stopped.");
            case TIMEOUT -> Failure.of(FailureCode.UPSTREAM_TIMEOUT, "The answer did not come in time.");
            case ERROR -> bug(reply);
        };
    }

    /** The only failures that are logged with their stack. */
    private static Failure bug(Throwable error) {
        String incident = UUID.randomUUID().toString();
        LOG.atError().setCause(error).addKeyValue("incident", incident).log("unexpected failure");
        return Failure.of(
                        FailureCode.INTERNAL,
                        "An unexpected error happened; the log has it as incident " + incident + ".")
                .with("incident", incident);
    }
}
