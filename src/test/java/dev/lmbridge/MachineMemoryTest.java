package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.lmstudio.HostEndpoint;
import dev.lmbridge.settings.HostSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MachineMemoryTest {
    private static final long GIB = 1L << 30;
    private static final HostSettings.Memory AUTO = new HostSettings.Memory(null, 0);

    private static HostEndpoint at(String host) {
        return new HostEndpoint(host, 1234, false, null);
    }

    @Test
    void theMemoryOfTheMachineIsWhatTheJvmSees() {
        assertThat(MachineMemory.machine(16 * GIB, "MemTotal:       16777216 kB\nMemFree: 5 kB\n"))
                .hasValue(16 * GIB);
        assertThat(MachineMemory.machine(16 * GIB, "")).hasValue(16 * GIB);
    }

    @Test
    void aLimitOfThisProcessSaysNothingOfLmStudio() {
        assertThat(MachineMemory.machine(GIB, "MemTotal:       16777216 kB\n")).isEmpty();
        assertThat(MachineMemory.machine(0, "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "studio.example", "localhost.example"})
    void theMemoryOfAnotherMachineIsNotKnown(String host) {
        assertThat(MachineMemory.budget("h", at(host), AUTO, false)).isNull();
    }

    @Test
    void theMemoryOfASimulatedHostIsNotKnown() {
        assertThat(MachineMemory.budget("h", at("127.0.0.1"), AUTO, true)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1", "192.0.2.7"})
    void whatIsConfiguredIsTakenHoweverLarge(String host) {
        HostSettings.Memory huge = new HostSettings.Memory(1L << 50, 0);
        assertThat(MachineMemory.budget("h", at(host), huge, false)).isEqualTo(1L << 50);
    }

    @Test
    void aReserveOfAllTheMemoryLeavesNoBudget() {
        assertThat(MachineMemory.budget("h", at("127.0.0.1"), new HostSettings.Memory(null, 1L << 50), false))
                .isNull();
    }
}
