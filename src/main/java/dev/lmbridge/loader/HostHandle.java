package dev.lmbridge.loader;

import dev.lmbridge.host.HostState;
import dev.lmbridge.host.HostView;
import dev.lmbridge.lmstudio.HostEndpoint;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** A host as the whole node sees it: where it is, and the latest view of it. */
public final class HostHandle {
    private final String name;
    private final HostEndpoint endpoint;
    private final boolean simulated;
    private final BooleanSupplier lacksLms;
    private volatile HostView view;
    private volatile boolean draining;

    /** One whose {@code lms} is there. */
    public HostHandle(String name, HostEndpoint endpoint, boolean simulated) {
        this(name, endpoint, simulated, () -> false);
    }

    /** @param lacksLms whether it has no {@code lms}, as far as is known now */
    public HostHandle(String name, HostEndpoint endpoint, boolean simulated, BooleanSupplier lacksLms) {
        this.lacksLms = lacksLms;
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

    /** Whether it has no {@code lms}: then LM Studio's API loads, and no TTL is held by the host. */
    public boolean lacksLms() {
        return lacksLms.getAsBoolean();
    }

    public HostView view() {
        return view;
    }

    /** Whether nothing new is given to it, until somebody says otherwise. */
    public boolean isDraining() {
        return draining;
    }

    void setDraining(boolean wanted) {
        draining = wanted;
    }

    /** Only the host's loader calls this. */
    void publish(HostView latest) {
        view = latest;
    }
}
