package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.machine.Catalogue;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.ModelType;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session over a simulated machine whose time is moved by hand; keeps what the session sends. */
final class Conversation implements Outlet {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> frames = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    final SimMachine machine =
            new SimMachine(Catalogue.standard(), MachineSettings.standard(), new FaultBook(), () -> now);
    final Session session;
    int closeCode;

    @Nullable
    String closeReason;

    private Conversation(Namespace namespace) {
        session = new Session(
                namespace,
                new FaultyEndpoints(
                        machine.faults(),
                        switch (namespace) {
                            case LLM -> new ModelEndpoints(machine, ModelType.LLM);
                            case EMBEDDING -> new ModelEndpoints(machine, ModelType.EMBEDDING);
                            case REPOSITORY -> new RepositoryEndpoints(machine);
                            default -> new MachineEndpoints(machine, namespace);
                        }),
                this);
    }

    /** A client that has not said anything yet. */
    static Conversation strange(Namespace namespace) {
        return new Conversation(namespace);
    }

    /** A client that is authenticated. */
    static Conversation in(Namespace namespace) {
        Conversation conversation = strange(namespace);
        conversation.says("{'authVersion':1,'clientIdentifier':'test','clientPasskey':'any'}");
        conversation.heard();
        return conversation;
    }

    /** The client sends this frame; single quotes stand for double ones. */
    Conversation says(String frame) {
        session.receive(frame.replace('\'', '"'));
        return this;
    }

    /** The answer to a call. */
    JsonNode calls(String endpoint, String parameter) {
        says("{'type':'rpcCall','callId':7,'endpoint':'" + endpoint + "','parameter':" + parameter + "}");
        List<JsonNode> answers = heard();
        if (answers.size() != 1 || answers.getFirst().path("callId").asInt() != 7) {
            throw new AssertionError("expected one answer to call 7, heard " + answers);
        }
        return answers.getFirst();
    }

    /** Opens channel 3 for a load with these members besides the key and the configuration. */
    Conversation loads(String modelKey, String members, String fields) {
        return says("{'type':'channelCreate','channelId':3,'endpoint':'loadModel','creationParameter':{'modelKey':'"
                + modelKey + "'" + members
                + ",'loadConfigStack':{'layers':[{'layerName':'apiOverride','config':{'fields':[" + fields + "]}}]}}}");
    }

    void pass(Duration time) {
        Instant end = now.plus(time);
        for (var due = machine.agenda().nextDue();
                due.isPresent() && !due.get().isAfter(end);
                due = machine.agenda().nextDue()) {
            if (due.get().isAfter(now)) {
                now = due.get();
            }
            machine.agenda().runDue();
        }
        now = end;
    }

    /** What was sent since the last question. */
    List<JsonNode> heard() {
        List<JsonNode> copy = List.copyOf(frames);
        frames.clear();
        return copy;
    }

    @Override
    public void send(String frame) {
        if (closeReason != null) {
            throw new AssertionError("sent after the close: " + frame);
        }
        try {
            frames.add(JSON.readTree(frame));
        } catch (JsonProcessingException notJson) {
            throw new AssertionError("not JSON: " + frame, notJson);
        }
    }

    @Override
    public void sendIfRoom(String frame) {
        send(frame);
    }

    @Override
    public void close(int code, String reason) {
        closeCode = code;
        closeReason = reason;
    }
}
