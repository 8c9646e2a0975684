package dev.lmbridge.loader;

import dev.lmbridge.host.HostState;
import dev.lmbridge.host.HostView;
import dev.lmbridge.lmstudio.HostEndpoint;
import java.time.Instant;

/** A host as the whole node sees it: where it is, and the latest view of it. */
public final class HostHandle {
    private final String name;
    private final HostEndpoint endpoint;
    private final boolean simulated;
    private volatile HostView view;

    public HostHandle(String name, HostEndpoint endpoint, boolean simulated) {
        this.name = name;
        this.endpoint = endpoint;
        this.simulated = simulated;
        view = HostView.of(HostState.initial(Instant.EPOCH));
    }

    public String name() {
        return name;
    }

    public HostEndpoint endpoint() {
        return endpoint;
    }

    /** Whether what answers there is the simulated LM Studio. */
    public boolean simulated() {
        return simulated;
    }

    public HostView view() {
        return view;
    }

    /** Only the host's loader calls this. */
    void publish(HostView latest) {
        view = latest;
    }
}
