package dev.lmbridge.sim;

import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.calls.LmsScript;
import dev.lmbridge.sim.calls.StandInServer;
import dev.lmbridge.sim.cli.LmsFace;
import dev.lmbridge.sim.control.ControlFace;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.http.HttpFace;
import dev.lmbridge.sim.http.PrivateFace;
import dev.lmbridge.sim.machine.Catalogue;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The whole simulation on one event loop: the machine, and the servers that are its faces. */
final class Simulator extends VerticleBase {
    private final int wantedPort;
    private final Path home;
    private final MachineSettings settings;
    private final InstantSource clock;
    private final Function<SimMachine, Handler<ServerWebSocket>> privateApi;
    private @Nullable StandInServer standIns;
    private volatile @Nullable Facts facts;

    /**
     * Where the simulation can be reached.
     *
     * @param privateApi the port that {@code lms} finds by itself when {@code home} is its user's home
     */
    record Facts(String url, String lms, String control, String privateApi, String home) {}

    /**
     * Prepares one.
     *
     * @param wantedPort the HTTP port; 0 for any
     * @param home a folder that exists, for the {@code lms} script
     * @param privateApi makes what speaks over the WebSockets of the private API
     */
    Simulator(
            int wantedPort,
            Path home,
            MachineSettings settings,
            InstantSource clock,
            Function<SimMachine, Handler<ServerWebSocket>> privateApi) {
        this.wantedPort = wantedPort;
        this.home = home;
        this.settings = settings;
        this.clock = clock;
        this.privateApi = privateApi;
    }

    @Override
    public Future<?> start() throws IOException {
        SimMachine machine = new SimMachine(Catalogue.standard(), settings, new FaultBook(), clock);
        new MachineTicker(vertx, context, machine.agenda());
        CallLog log = new CallLog(clock);
        Handler<ServerWebSocket> sockets = privateApi.apply(machine);
        Ports ports = new Ports(
                vertx,
                context,
                new HttpFace(vertx, machine, log, sockets),
                new PrivateFace(vertx, sockets),
                LmStudioFolder.in(home));
        return ports.begin(wantedPort).compose(open -> {
            machine.power().begin(ports, open);
            LmsFace lms = new LmsFace(machine);
            StandInServer calls = new StandInServer(vertx, lms, log);
            standIns = calls;
            ControlFace control = new ControlFace(vertx, machine, log, lms::has);
            return control.listen()
                    .compose(controlPort -> calls.listen().compose(callPort -> {
                        try {
                            Path script = LmsScript.write(home, callPort, calls.secret());
                            facts = new Facts(
                                    "http://127.0.0.1:" + open.port(),
                                    script.toString(),
                                    "http://127.0.0.1:" + controlPort,
                                    "http://127.0.0.1:" + ports.privatePort(),
                                    home.toString());
                            return Future.succeededFuture();
                        } catch (IOException e) {
                            return Future.failedFuture(e);
                        }
                    }));
        });
    }

    @Override
    public Future<?> stop() {
        return standIns == null ? Future.succeededFuture() : standIns.close();
    }

    /** Once it has started. */
    Facts facts() {
        Facts known = facts;
        if (known == null) {
            throw new IllegalStateException("The simulation has not started");
        }
        return known;
    }
}
