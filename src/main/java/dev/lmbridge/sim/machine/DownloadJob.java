package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A download that has begun. It goes on when nobody listens any more. */
public final class DownloadJob {
    /** What Node says when a disk is full; the words of LM Studio are not known. */
    static final String DISK_FULL = "ENOSPC: no space left on device, write";

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration FINALIZING = Duration.ofMillis(100);

    private final SimMachine machine;
    private final String id;
    private final DownloadPlan plan;
    private final HubFile file;
    private final Instant started;
    private final Set<DownloadListener> listeners = new LinkedHashSet<>();
    private @Nullable Fault failure;
    private boolean stalls;
    private State state = State.DOWNLOADING;
    private Agenda.@Nullable Entry next;
    private Instant lastTick;
    private double downloaded;
    private double bytesPerSecond;
    private @Nullable Instant ended;

    /** The states of LM Studio's REST API. */
    public enum State {
        DOWNLOADING("downloading"),
        PAUSED("paused"),
        COMPLETED("completed"),
        FAILED("failed");

        private final String wireName;

        State(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }

        public boolean isOver() {
            return this == COMPLETED || this == FAILED;
        }
    }

    DownloadJob(SimMachine machine, String id, DownloadPlan plan, HubFile file) {
        this.machine = machine;
        this.id = id;
        this.plan = plan;
        this.file = file;
        this.started = machine.agenda().now();
        this.lastTick = started;
    }

    public String id() {
        return id;
    }

    public String modelKey() {
        return plan.modelKey();
    }

    public HubFile file() {
        return file;
    }

    public State state() {
        return state;
    }

    public Instant started() {
        return started;
    }

    /** When it was completed or failed; null before. */
    public @Nullable Instant ended() {
        return ended;
    }

    /** As of the last tick, of which there are ten in a second. */
    public long downloadedBytes() {
        return (long) downloaded;
    }

    /** 0 while nothing comes. */
    public double bytesPerSecond() {
        return bytesPerSecond;
    }

    /** When it will have come, at the present speed; empty while nothing comes. */
    public Optional<Instant> estimatedEnd() {
        return bytesPerSecond == 0 ? Optional.empty() : Optional.of(lastTick.plus(timeFor(file.sizeBytes())));
    }

    /** Nothing is told to a listener that comes after the end. */
    public void listen(DownloadListener listener) {
        listeners.add(listener);
    }

    public void ignore(DownloadListener listener) {
        listeners.remove(listener);
    }

    /** Holds it until {@link #resume}; nothing happens unless bytes are missing. */
    public void pause() {
        if (state == State.DOWNLOADING && downloaded < file.sizeBytes()) {
            advance(goal());
            stopClock();
            state = State.PAUSED;
        }
    }

    public void resume() {
        if (state == State.PAUSED) {
            state = State.DOWNLOADING;
            lastTick = machine.agenda().now();
            flow();
        }
    }

    /** Ends it without a trace; its listeners hear nothing more. Nothing happens when it is over. */
    public void cancel() {
        if (!state.isOver()) {
            stopClock();
            listeners.clear();
            machine.downloads().forget(this);
        }
    }

    void begin() {
        failure =
                machine.faults().take(FaultKind.DOWNLOAD_FAILS, plan.modelKey()).orElse(null);
        stalls = machine.faults()
                .take(FaultKind.DOWNLOAD_STALLS, plan.modelKey())
                .isPresent();
        flow();
    }

    /** The byte at which something happens next. */
    private long goal() {
        return failure != null || stalls ? file.sizeBytes() / 2 : file.sizeBytes();
    }

    private void flow() {
        bytesPerSecond = machine.downloads().bytesPerSecond();
        Duration left = timeFor(goal());
        next = machine.agenda().in(left.compareTo(TICK) < 0 ? left : TICK, this::tick);
    }

    /** Rounded up, so that at its end the last byte has come. */
    private Duration timeFor(long goal) {
        double seconds =
                Math.max(0, (double) goal - downloaded) / machine.downloads().bytesPerSecond();
        return Duration.ofMillis((long) Math.ceil(seconds * 1_000));
    }

    private void advance(long most) {
        Instant now = machine.agenda().now();
        double came = Duration.between(lastTick, now).toNanos() / 1e9 * bytesPerSecond;
        downloaded = Math.min((double) most, downloaded + came);
        lastTick = now;
    }

    private void tick() {
        advance(goal());
        tell(listener -> listener.progress(this));
        if (state != State.DOWNLOADING) {
            return;
        }
        if (downloaded < goal()) {
            flow();
        } else if (failure != null) {
            String text = failure.text();
            fail(text == null ? DISK_FULL : text);
        } else if (stalls) {
            stopClock();
        } else {
            bytesPerSecond = 0;
            tell(DownloadListener::finalizing);
            next = machine.agenda().in(FINALIZING, this::complete);
        }
    }

    private void complete() {
        end(State.COMPLETED);
        machine.downloads().keep(plan, file);
        tell(DownloadListener::completed);
        listeners.clear();
    }

    private void fail(String reason) {
        end(State.FAILED);
        tell(listener -> listener.failed(reason));
        listeners.clear();
    }

    private void end(State how) {
        stopClock();
        state = how;
        ended = machine.agenda().now();
    }

    private void stopClock() {
        bytesPerSecond = 0;
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void tell(java.util.function.Consumer<DownloadListener> what) {
        List.copyOf(listeners).forEach(what);
    }
}
