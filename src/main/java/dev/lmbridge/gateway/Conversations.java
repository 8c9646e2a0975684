package dev.lmbridge.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which host has given an answer that somebody may go on from. The oldest are forgotten. Shared by all threads of a node. */
final class Conversations {
    static final int REMEMBERED = 10_000;

    /** Ids that are longer than any host's are not kept. */
    private static final int LONGEST = 200;

    private final Map<String, String> hosts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    };

    synchronized void answered(String id, String host) {
        if (id.length() <= LONGEST) {
            hosts.put(id, host);
        }
    }

    /** The host that has given the answer; null if that is not known. */
    synchronized @Nullable String host(@Nullable String id) {
        return id == null ? null : hosts.get(id);
    }
}
