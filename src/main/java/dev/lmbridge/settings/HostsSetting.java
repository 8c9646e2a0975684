package dev.lmbridge.settings;

import java.net.URI;
import java.util.List;

/** Which LM Studio machines there are. */
public sealed interface HostsSetting {

    /**
     * No list was given: one host at this address.
     *
     * @param configured whether {@code LMSTUDIO_HOST} or {@code LMSTUDIO_PORT} named it; if not, a simulation may take its place
     */
    record Auto(String host, int port, boolean configured) implements HostsSetting {
        /** This address as a host of the list, with all else by default. */
        public HostSettings toHost() {
            return new HostSettings(
                    HostsReader.LOCAL,
                    URI.create("http://" + HostName.inUrl(host) + ":" + port),
                    new HostSettings.Lms.Auto(),
                    null,
                    null,
                    HostsReader.LOCAL,
                    HostsReader.MEMORY);
        }
    }

    /** The list that was given, not empty, names unique. */
    record Listed(List<HostSettings> hosts) implements HostsSetting {}
}
