package dev.lmbridge.sim.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.chat.ChatRequest.Image;
import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PicturesTest {
    @ParameterizedTest
    @ValueSource(strings = {"PNG", "JPEG", "GIF", "BMP"})
    void formatAndSizeAreTold(String format) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(37, 21, BufferedImage.TYPE_INT_RGB), format.toLowerCase(Locale.ROOT), bytes);
        assertThat(Pictures.described(List.of(image(bytes.toByteArray()))))
                .contains("a " + format + " of 37 × 21 pixels");
    }

    @Test
    void theThreeKindsOfWebpAreTold() {
        ByteBuffer lossy = webp("VP8 ").putShort(26, (short) 300).putShort(28, (short) 200);
        ByteBuffer lossless = webp("VP8L").putInt(21, 299 | 199 << 14);
        ByteBuffer extended = webp("VP8X").putInt(24, 299).putShort(27, (short) 199);
        for (ByteBuffer bytes : List.of(lossy, lossless, extended)) {
            byte[] copy = new byte[bytes.capacity()];
            bytes.get(0, copy);
            assertThat(Pictures.described(List.of(image(copy)))).contains("a WebP of 300 × 200 pixels");
        }
    }

    @Test
    void whatCannotBeReadIsSaid() {
        assertThat(Pictures.described(List.of(new Image("https://example.com/a.png"))))
                .contains("never fetch");
        assertThat(Pictures.described(List.of(new Image("data:image/png;base64,iVBORw0KGgo="))))
                .contains("cannot be read");
        assertThat(Pictures.described(List.of(new Image("data:image/png,abc")))).contains("not valid base64");
        assertThat(Pictures.described(List.of(image("hello there".getBytes(StandardCharsets.UTF_8)), new Image(""))))
                .contains("Image 1 cannot be read", "Image 2 is a remote URL");
    }

    @Test
    void aModelWithoutVisionSaysSo() {
        Message message = new Message("user", "What is this?", List.of(new Image("data:,")), List.of(), null);
        assertThat(Models.text(Answers.to(
                        ChatRequest.of(List.of(message), Limits.NONE), Models.loaded("llama-3.2-1b-instruct"))))
                .contains("cannot see images");
    }

    private static Image image(byte[] bytes) {
        return new Image("data:image/any;base64," + Base64.getEncoder().encodeToString(bytes));
    }

    private static ByteBuffer webp(String kind) {
        ByteBuffer bytes = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(0, "RIFF".getBytes(StandardCharsets.US_ASCII));
        bytes.put(8, "WEBP".getBytes(StandardCharsets.US_ASCII));
        return bytes.put(12, kind.getBytes(StandardCharsets.US_ASCII));
    }
}
