package dev.lmbridge.sim.standin;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The stand-in {@code lms}: sends its arguments to the simulation and does what that answers. The script around it sets
 * {@code LM_BRIDGE_SIM} to the port of the simulation and the secret of its calls.
 */
public final class LmsStandIn {
    /** The commands that do more than end when they get SIGINT. */
    private static final Set<String> INTERRUPTIBLE = Set.of("load", "get");

    private static final int CONNECT_MILLIS = 2_000;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final DataOutputStream toSimulation;
    private final DataInputStream fromSimulation;

    private LmsStandIn(Socket socket) throws IOException {
        toSimulation = new DataOutputStream(socket.getOutputStream());
        fromSimulation = new DataInputStream(socket.getInputStream());
    }

    public static void main(String[] args) {
        String address = System.getenv("LM_BRIDGE_SIM");
        int space = address == null ? -1 : address.indexOf(' ');
        if (address == null || space < 0) {
            System.err.println("This program is only started by the lms script of the simulated LM Studio.");
            System.exit(1);
            return;
        }
        int port = Integer.parseInt(address.substring(0, space));
        String secret = address.substring(space + 1);
        int code;
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), CONNECT_MILLIS);
            code = call(socket, secret, args);
        } catch (IOException e) {
            code = Offline.answer(args);
        }
        Runtime.getRuntime().halt(code);
    }

    private static int call(Socket socket, String secret, String[] words) {
        try {
            return new LmsStandIn(socket).run(secret, words);
        } catch (IOException e) {
            return Offline.connectionLost(words);
        }
    }

    private int run(String secret, String[] words) throws IOException {
        String home = System.getenv("HOME");
        byte[][] parts = new byte[words.length + 2][];
        parts[0] = bytes(secret);
        parts[1] = bytes(home == null ? "" : home);
        int length = 8 + parts[0].length + parts[1].length;
        for (int i = 0; i < words.length; i++) {
            parts[i + 2] = bytes(words[i]);
            length += 4 + parts[i + 2].length;
        }
        synchronized (toSimulation) {
            toSimulation.writeByte(Frame.CALL);
            toSimulation.writeInt(length);
            for (byte[] part : parts) {
                toSimulation.writeInt(part.length);
                toSimulation.write(part);
            }
            toSimulation.flush();
        }
        boolean streams = words.length > 1 && words[0].equals("log") && words[1].equals("stream");
        if (streams) {
            Interrupts.tell("TERM", () -> send(Frame.TERMINATED, ""));
        }
        if (streams || (words.length > 0 && INTERRUPTIBLE.contains(words[0]))) {
            Interrupts.tell("INT", () -> send(Frame.INTERRUPTED, ""));
        }
        return obey();
    }

    private int obey() throws IOException {
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        FileOutputStream err = new FileOutputStream(FileDescriptor.err);
        while (true) {
            byte kind = fromSimulation.readByte();
            byte[] body = fromSimulation.readNBytes(fromSimulation.readInt());
            switch (kind) {
                case Frame.OUT -> out.write(body);
                case Frame.ERR -> err.write(body);
                case Frame.EXIT -> {
                    return Integer.parseInt(new String(body, StandardCharsets.US_ASCII));
                }
                case Frame.READ_STDIN -> startReading();
                case Frame.SPAWN -> startGrandchild();
                default -> throw new IOException("The simulation sent a frame of an unknown kind: " + kind);
            }
        }
    }

    private void startReading() {
        Thread reader = new Thread(() -> {
            InputStream in = new FileInputStream(FileDescriptor.in);
            byte[] discarded = new byte[1024];
            try {
                while (in.read(discarded) >= 0) {
                    // What a person would type into the picker has no meaning here.
                }
            } catch (IOException e) {
                // A closed standard input is at its end, too.
            }
            send(Frame.STDIN_ENDED, "");
        });
        reader.setDaemon(true);
        reader.start();
    }

    private void startGrandchild() throws IOException {
        // It ends by itself after ten minutes, and with the simulation, which learns its id: nothing is left behind.
        Process grandchild = new ProcessBuilder("sleep", "600")
                .inheritIO()
                .directory(new File("/"))
                .start();
        send(Frame.GRANDCHILD, Long.toString(grandchild.pid()));
    }

    private void send(byte kind, String text) {
        byte[] body = bytes(text);
        synchronized (toSimulation) {
            try {
                toSimulation.writeByte(kind);
                toSimulation.writeInt(body.length);
                toSimulation.write(body);
                toSimulation.flush();
            } catch (IOException e) {
                // The simulation is gone; reading from it ends this process.
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
