package dev.lmbridge.sim.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AgendaTest {
    private Instant now = Instant.EPOCH;
    private final Agenda agenda = new Agenda(() -> now);
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void whatIsTakenBackDoesNotRunAndIsNotDue() {
        Agenda.Entry first = agenda.in(Duration.ofSeconds(1), () -> ran.add(1));
        agenda.in(Duration.ofSeconds(2), () -> ran.add(2));
        first.cancel();
        first.cancel();
        assertThat(agenda.nextDue()).contains(Instant.EPOCH.plusSeconds(2));
        now = now.plusSeconds(5);
        agenda.runDue();
        assertThat(ran).containsExactly(2);
        assertThat(agenda.nextDue()).isEmpty();
    }

    @Test
    void takingBackWhatHasRunChangesNothing() {
        List<Agenda.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            entries.add(agenda.soon(() -> ran.add(0)));
        }
        agenda.runDue();
        agenda.in(Duration.ofSeconds(1), () -> ran.add(1));
        entries.forEach(Agenda.Entry::cancel);
        now = now.plusSeconds(1);
        agenda.runDue();
        assertThat(ran).hasSize(201).endsWith(1);
    }

    @Test
    void entriesThatAreTakenBackDoNotPileUp() {
        agenda.in(Duration.ofHours(1), () -> ran.add(1));
        for (int i = 0; i < 10_000; i++) {
            agenda.in(Duration.ofHours(2), () -> ran.add(2)).cancel();
        }
        assertThat(agenda.size()).isLessThan(200);
        now = now.plusSeconds(3 * 3_600);
        agenda.runDue();
        assertThat(ran).containsExactly(1);
        assertThat(agenda.size()).isZero();
    }
}
