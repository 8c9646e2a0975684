package dev.lmbridge.sim;

import dev.lmbridge.sim.Simulator.Facts;

/** The screen that a person sees when the simulation is ready. */
final class Welcome {
    private Welcome() {}

    static String text(Facts facts) {
        return """

                A simulated LM Studio is running. Its models are made of rules, not of weights.

                  HTTP     %1$s
                  lms      %2$s
                  control  %3$s

                Try:
                  curl %1$s/v1/models
                  curl %1$s/v1/chat/completions -H 'Content-Type: application/json' \\
                    -d '{"model":"llama-3.2-1b-instruct","stream":true,"messages":[{"role":"user","content":"Hello"}]}'
                  %2$s load qwen2.5-7b-instruct -y --ttl 300
                  %2$s ps
                  curl -X POST %3$s/faults -d '{"kind":"load-lost","times":1}'
                  curl %3$s/state

                Ctrl-C ends it.""".formatted(facts.url(), facts.lms(), facts.control());
    }
}
