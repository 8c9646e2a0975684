package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.logs.LogEntry;
import dev.lmbridge.sim.logs.LogEvents;
import dev.lmbridge.sim.logs.LogJson;
import dev.lmbridge.sim.ws.Endpoints.ChannelOutlet;
import dev.lmbridge.sim.ws.Endpoints.OpenChannel;
import java.time.Instant;

/** Channel {@code streamLogs} of namespace {@code diagnostics}. A client that reads slowly misses entries. */
final class LogChannel implements OpenChannel, LogEvents.Listener {
    private final LogEvents logs;
    private final ChannelOutlet channel;

    private LogChannel(LogEvents logs, ChannelOutlet channel) {
        this.logs = logs;
        this.channel = channel;
    }

    static LogChannel begin(LogEvents logs, ChannelOutlet channel) {
        LogChannel opened = new LogChannel(logs, channel);
        logs.listen(opened);
        return opened;
    }

    @Override
    public void logged(Instant time, LogEntry entry) {
        ObjectNode message = JsonNodeFactory.instance.objectNode().put("type", "log");
        message.set("log", LogJson.event(time, entry));
        channel.sendIfRoom(message);
    }

    /** The socket is about to be cut, which says enough. */
    @Override
    public void ended() {}

    @Override
    public void received(JsonNode message) {
        if (message.path("type").asText().equals("stop")) {
            logs.leave(this);
            channel.close();
        }
    }

    @Override
    public void abandoned() {
        logs.leave(this);
    }
}
