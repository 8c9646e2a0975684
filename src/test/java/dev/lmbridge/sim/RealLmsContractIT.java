package dev.lmbridge.sim;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lmbridge.sim.LmsCall.Outcome;
import dev.lmbridge.testing.RealLms;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stand-in {@code lms} against the genuine one: the same calls, one after the other. */
class RealLmsContractIT {
    @TempDir
    private Path scratch;

    /** Each on a machine of its own, so that both find the same; what it prints is read by those who want to know how much ran. */
    @Test
    void theStandInAnswersLikeTheRealOne() throws IOException {
        assumeTrue(
                RealLms.find().isPresent(), "there is no genuine lms (LM_BRIDGE_REAL_LMS) or no node on this machine");
        List<ComparedCall> script = ComparedCall.SCRIPT;
        RealLms real = RealLms.find().orElseThrow();
        RealLms.home(scratch);
        List<Outcome> ofReal;
        try (SimulatedLmStudio studio = SimulatedLmStudio.start()) {
            ofReal = play(studio, real.command(List.of()));
        }
        List<Outcome> ofOurs;
        try (SimulatedLmStudio studio = SimulatedLmStudio.start()) {
            ofOurs = play(studio, List.of(studio.lms().toString()));
        }
        SoftAssertions all = new SoftAssertions();
        for (int i = 0; i < script.size(); i++) {
            ComparedCall call = script.get(i);
            Outcome expected = ofReal.get(i);
            Outcome found = ofOurs.get(i);
            all.assertThatCode(() -> call.check(expected, found))
                    .as(call.toString())
                    .doesNotThrowAnyException();
        }
        all.assertAll();
        long different =
                script.stream().filter(call -> call.difference() != null).count();
        System.out.println("Compared " + script.size() + " calls of the genuine lms with the stand-in: "
                + (script.size() - different) + " alike, " + different + " with an allowed difference");
    }

    /** What the program answers to the script, call after call. */
    private List<Outcome> play(SimulatedLmStudio on, List<String> program) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        try (Scene scene = new Scene(on)) {
            for (ComparedCall call : ComparedCall.SCRIPT) {
                call.before().accept(scene);
                List<String> command = new ArrayList<>(program);
                command.addAll(call.arguments());
                if (call.isPlaced()) {
                    command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(on.port())));
                }
                outcomes.add(LmsCall.run(command, scratch, Map.of()).comparable(on.port()));
            }
        }
        return outcomes;
    }
}
