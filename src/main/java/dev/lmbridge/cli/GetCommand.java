package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "get", description = "Download a model, and wait until it is there. Ctrl-C cancels the download.")
final class GetCommand implements Callable<Integer> {
    private static final String PATH = "/bridge/v1/downloads";
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final Environment environment;

    @Parameters(
            paramLabel = "MODEL",
            description = "owner/name, owner/name@quantization, or an address on huggingface.co or lmstudio.ai.")
    private String model = "";

    @Option(names = "--host", paramLabel = "NAME", description = "The LM Studio machine to download to.")
    private @Nullable String host;

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    GetCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        BridgeClient client = service.connect(service.settings(environment));
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", model);
        if (host != null) {
            body.put("host", host);
        }
        CountDownLatch interrupted = new CountDownLatch(1);
        try (Interrupts _ = Interrupts.heardBy(interrupted::countDown)) {
            Answer answer = client.post(PATH, body, LsCommand.DEADLINE);
            if (answer.isGood()) {
                answer = follow(client, answer, interrupted);
            }
            int code = Answers.show(answer, service.json(), environment, this::print);
            return code == ExitCode.OK && !isCompleted(answer) ? ExitCode.FAILED : code;
        }
    }

    private Answer follow(BridgeClient client, Answer begun, CountDownLatch interrupted)
            throws CommandFailure, InterruptedException {
        String job = PATH + "/" + URLEncoder.encode(begun.json().path("id").asText(""), StandardCharsets.UTF_8);
        StatusLine line = new StatusLine(environment.err(), environment.terminal() && !service.json());
        Answer seen = begun;
        boolean cancelled = false;
        while (seen.isGood() && !seen.json().has("endedAt")) {
            line.paint(text(seen.json()));
            if (cancelled) {
                Thread.sleep(LOOK_EVERY);
            } else if (interrupted.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                cancelled = true;
                client.post(job + "/cancel", JsonNodeFactory.instance.objectNode(), LsCommand.DEADLINE);
            }
            seen = client.get(job, LsCommand.DEADLINE);
        }
        line.wipe();
        return seen;
    }

    private static String text(JsonNode job) {
        String name = job.path("model").asText("?");
        String status = job.path("status").asText("");
        if (status.equals("queued")) {
            return name + " waits for another download";
        }
        if (status.equals("cancelling")) {
            return name + " is being cancelled";
        }
        if (!job.path("percent").isNumber()) {
            return name + " is looked for";
        }
        double percent = job.path("percent").asDouble();
        StringBuilder text = new StringBuilder(name)
                .append("  ")
                .append(StatusLine.bar(percent))
                .append("  ")
                .append((int) percent)
                .append(" %  ")
                .append(HumanText.size(job.path("downloadedBytes").asLong()))
                .append(" of ")
                .append(HumanText.size(job.path("totalBytes").asLong()));
        long speed = job.path("bytesPerSecond").asLong(0);
        if (speed > 0) {
            long left = (job.path("totalBytes").asLong()
                            - job.path("downloadedBytes").asLong())
                    / speed;
            text.append("  ")
                    .append(HumanText.size(speed))
                    .append("/s  ")
                    .append(HumanText.duration(Duration.ofSeconds(left)))
                    .append(" left");
        }
        return text.toString();
    }

    private void print(JsonNode job) {
        String name = HumanText.oneLine(job.path("model").asText(model));
        String where = HumanText.oneLine(job.path("host").asText("?"));
        switch (job.path("status").asText("")) {
            case "completed" -> {
                boolean there = job.path("alreadyDownloaded").asBoolean(false);
                environment
                        .out()
                        .println(name + (there ? " is there already, on " : " was downloaded to ") + where + ".");
            }
            case "cancelled" ->
                environment
                        .err()
                        .println("The download of " + name
                                + " was cancelled. What has come may stay at LM Studio; asking again takes it up.");
            default -> Answers.problem(job.path("error"), 0, environment.err());
        }
    }

    private static boolean isCompleted(Answer answer) {
        return answer.json().path("status").asText("").equals("completed");
    }
}
