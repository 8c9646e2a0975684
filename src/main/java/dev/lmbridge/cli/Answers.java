package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Shows an answer: as it came, or as a person wants it, and in either case tells whether it was a good one. */
final class Answers {
    private static final int MOST_SUGGESTIONS = 5;

    private Answers() {}

    static int show(Answer answer, boolean asItCame, Environment environment, Consumer<JsonNode> forPeople) {
        if (asItCame) {
            environment.out().println(answer.text().stripTrailing());
        } else if (answer.isGood()) {
            forPeople.accept(answer.json());
            answer.json().path("warnings").forEach(warning -> environment.warn(warningText(warning)));
            if (answer.simulated()) {
                environment.err().println("Note: this is the simulated LM Studio; no real model is involved.");
            }
        } else {
            problem(answer.json(), answer.status(), environment.err());
        }
        return answer.isGood() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static String warningText(JsonNode warning) {
        return warning.isTextual() ? warning.asText() : warning.path("message").asText(warning.toString());
    }

    /** A problem document (RFC 9457) with our extension members. */
    static void problem(JsonNode document, int status, PrintStream err) {
        String title = document.path("title").asText("The service answered with status " + status + ".");
        String code = document.path("code").asText("");
        line(err, "error: " + document.path("detail").asText(title) + (code.isEmpty() ? "" : " (" + code + ")"));
        for (JsonNode each : document.path("errors")) {
            line(
                    err,
                    "  " + each.path("field").asText("?") + ": "
                            + each.path("message").asText(""));
        }
        List<String> near = new ArrayList<>();
        document.path("available").forEach(id -> near.add(id.asText()));
        if (!near.isEmpty()) {
            String more = near.size() > MOST_SUGGESTIONS ? ", … (lm-bridge ls shows all)" : "";
            line(
                    err,
                    "  Available: " + String.join(", ", near.subList(0, Math.min(near.size(), MOST_SUGGESTIONS)))
                            + more);
        }
        long wait = document.path("retryAfterSeconds").asLong(0);
        if (wait > 0) {
            line(err, "  Trying again makes sense in " + HumanText.duration(Duration.ofSeconds(wait)) + ".");
        }
        if (code.equals("host_unavailable") || code.equals("lms_not_installed")) {
            line(err, "  What is missing: lm-bridge doctor");
        }
        String request = document.path("requestId").asText("");
        if (!request.isEmpty()) {
            line(err, "  Request id: " + request);
        }
    }

    private static void line(PrintStream err, String text) {
        err.println(HumanText.oneLine(text));
    }
}
