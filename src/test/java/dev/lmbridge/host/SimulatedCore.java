package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** The core that a schedule drives: the true one, or one that was broken on purpose. */
interface SimulatedCore {
    /** Makes the core of one life of the bridge, over what the machine's clock says, jumps and all. */
    interface Maker {
        SimulatedCore make(HostPolicy policy, InstantSource wall);
    }

    /** The clock that the bridge goes by. */
    InstantSource clock();

    HostCore.Step on(HostState state, HostEvent event);

    /** The state that a bridge begins with. */
    default HostState start(Instant now, long seed, Map<ModelKey, Doubt> doubts) {
        return HostState.initial(now, seed, doubts);
    }

    /** The core that the product runs. */
    static SimulatedCore genuine(HostPolicy policy, InstantSource wall) {
        InstantSource clock = new ForwardClock(wall);
        HostCore core = new HostCore(policy, clock);
        return new SimulatedCore() {
            @Override
            public InstantSource clock() {
                return clock;
            }

            @Override
            public HostCore.Step on(HostState state, HostEvent event) {
                return core.on(state, event);
            }
        };
    }
}
