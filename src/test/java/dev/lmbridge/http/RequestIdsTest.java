package dev.lmbridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestIdsTest {
    @Test
    void noTwoRequestsHaveTheSameId() {
        Set<String> ids = new HashSet<>();
        for (int each = 0; each < 200_000; each++) {
            ids.add(RequestIds.fresh());
        }
        assertThat(ids).hasSize(200_000);
    }

    @Test
    void anIdIsAUuidOfTheKindThatIsLeftToUs() {
        UUID id = UUID.fromString(RequestIds.fresh());
        assertThat(id.version()).isEqualTo(8);
        assertThat(id.variant()).isEqualTo(2);
    }
}
