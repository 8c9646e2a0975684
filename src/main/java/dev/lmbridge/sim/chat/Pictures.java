package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.chat.ChatRequest.Image;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Tells format and size of images from their headers. Nothing is fetched, and of an image no more is decoded than the start. */
final class Pictures {
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_IMAGES = 50;

    private Pictures() {}

    /** What a header says. */
    private record Size(String format, int width, int height) {}

    static String described(List<Image> images) {
        if (images.size() == 1) {
            return "I was given 1 image. " + described(images.getFirst(), "It")
                    + " As a simulated model I cannot see what is on it.";
        }
        return "I was given " + images.size() + " images. "
                + IntStream.range(0, Math.min(images.size(), MOST_IMAGES))
                        .mapToObj(i -> described(images.get(i), "Image " + (i + 1)))
                        .collect(Collectors.joining(" "))
                + " As a simulated model I cannot see what is on them.";
    }

    private static String described(Image image, String name) {
        String url = image.url();
        if (!url.regionMatches(true, 0, "data:", 0, 5)) {
            return name + " is a remote URL, which I never fetch: send it as a data: URL with base64.";
        }
        byte[] bytes = start(url);
        if (bytes == null) {
            return name + " cannot be read: its data: URL is not valid base64.";
        }
        Size size = null;
        try {
            size = size(ByteBuffer.wrap(bytes));
        } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
            // The header is cut off: said below.
        }
        return size == null || size.width() <= 0 || size.height() <= 0
                ? name + " cannot be read: it is no whole PNG, JPEG, GIF, WebP or BMP header."
                : name + " is a " + size.format() + " of " + size.width() + " × " + size.height() + " pixels.";
    }

    private static byte @Nullable [] start(String url) {
        int comma = url.indexOf(',');
        if (comma < 0 || !url.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(";base64")) {
            return null;
        }
        int most = MOST_BYTES / 3 * 4;
        String text = url.substring(comma + 1, Math.min(url.length(), comma + 1 + most));
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Size size(ByteBuffer bytes) {
        if (starts(bytes, 0, "\u0089PNG\r\n\u001a\n") && starts(bytes, 12, "IHDR")) {
            return new Size("PNG", bytes.getInt(16), bytes.getInt(20));
        }
        if (starts(bytes, 0, "GIF8")) {
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            return new Size("GIF", bytes.getShort(6) & 0xffff, bytes.getShort(8) & 0xffff);
        }
        if (starts(bytes, 0, "BM")) {
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            return bytes.getInt(14) == 12
                    ? new Size("BMP", bytes.getShort(18) & 0xffff, bytes.getShort(20) & 0xffff)
                    : new Size("BMP", bytes.getInt(18), Math.abs(bytes.getInt(22)));
        }
        if (starts(bytes, 0, "RIFF") && starts(bytes, 8, "WEBP")) {
            return webp(bytes.order(ByteOrder.LITTLE_ENDIAN));
        }
        return starts(bytes, 0, "\u00ff\u00d8\u00ff") ? jpeg(bytes) : null;
    }

    /** Three kinds of WebP: lossy, lossless and extended (Google's container specification). */
    private static @Nullable Size webp(ByteBuffer bytes) {
        if (starts(bytes, 12, "VP8 ")) {
            return new Size("WebP", bytes.getShort(26) & 0x3fff, bytes.getShort(28) & 0x3fff);
        }
        if (starts(bytes, 12, "VP8L")) {
            int bits = bytes.getInt(21);
            return new Size("WebP", (bits & 0x3fff) + 1, (bits >>> 14 & 0x3fff) + 1);
        }
        return starts(bytes, 12, "VP8X")
                ? new Size("WebP", (bytes.getInt(24) & 0xffffff) + 1, (bytes.getInt(26) >>> 8) + 1)
                : null;
    }

    /** Goes from segment to segment until one that begins a frame. */
    private static @Nullable Size jpeg(ByteBuffer bytes) {
        int at = 2;
        while (at + 9 <= bytes.limit()) {
            if ((bytes.get(at) & 0xff) != 0xff) {
                return null;
            }
            int marker = bytes.get(at + 1) & 0xff;
            if (marker == 0xff) {
                at++;
            } else if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                return new Size("JPEG", bytes.getShort(at + 7) & 0xffff, bytes.getShort(at + 5) & 0xffff);
            } else {
                at += 2 + Math.max(2, bytes.getShort(at + 2) & 0xffff);
            }
        }
        return null;
    }

    private static boolean starts(ByteBuffer bytes, int at, String magic) {
        byte[] wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.limit() < at + wanted.length) {
            return false;
        }
        byte[] found = new byte[wanted.length];
        bytes.get(at, found);
        return Arrays.equals(wanted, found);
    }
}
