package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadJob;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.rows.ModelRows;
import org.jspecify.annotations.Nullable;

/** Channel {@code loadModel}: {@code resolved}, {@code progress} several times, then {@code success} and the close; or an error. */
final class LoadChannel implements Endpoints.OpenChannel, LoadListener {
    private final SimMachine machine;
    private final Endpoints.ChannelOutlet channel;
    private @Nullable LoadJob job;

    private LoadChannel(SimMachine machine, Endpoints.ChannelOutlet channel) {
        this.machine = machine;
        this.channel = channel;
    }

    static LoadChannel begin(
            SimMachine machine, CatalogueModel model, LoadRequest request, Endpoints.ChannelOutlet channel) {
        LoadChannel load = new LoadChannel(machine, channel);
        load.job = machine.load(request, load);
        return load;
    }

    @Override
    public void received(JsonNode message) {
        if (message.path("type").asText().equals("cancel")) {
            cancel();
            channel.close();
        }
    }

    /** Interrupted with SIGINT, {@code lms} sends a cancel before it goes; killed, it does not, and LM Studio may load on. */
    @Override
    public void abandoned() {
        if (machine.settings().engine().abortAbandonedLoads()) {
            cancel();
        }
    }

    @Override
    public void resolved(CatalogueModel model) {
        ObjectNode message = typed("resolved");
        message.set("info", ModelRows.model(model));
        channel.send(message);
    }

    @Override
    public void progress(double fraction) {
        channel.sendIfRoom(typed("progress").put("progress", fraction));
    }

    @Override
    public void loaded(Instance instance) {
        ObjectNode message = typed("success");
        message.set("info", ModelRows.instance(instance));
        channel.send(message);
        channel.close();
    }

    @Override
    public void failed(Refusal refusal) {
        channel.fail(WireError.of(refusal));
    }

    private void cancel() {
        if (job != null) {
            job.cancel();
        }
    }

    private static ObjectNode typed(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
