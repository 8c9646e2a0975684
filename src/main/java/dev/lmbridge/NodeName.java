package dev.lmbridge;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What this machine calls itself: where several nodes share a store, entries tell by it who wrote them. */
final class NodeName {
    private NodeName() {}

    /** Blocks for as long as a look-up of the own name takes. */
    static String ofThisMachine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "local";
        }
    }
}
