package dev.lmbridge.sim.ws;

/** Where a session's frames go. */
interface Outlet {
    void send(String frame);

    /** Sends a frame that a later one makes superfluous, unless the client is slow to read. */
    void sendIfRoom(String frame);

    /**
     * Ends the connection.
     *
     * @param code a status of RFC 6455, section 7.4
     */
    void close(int code, String reason);
}
