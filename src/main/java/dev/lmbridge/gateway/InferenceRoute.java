package dev.lmbridge.gateway;

/** The routes that ask a model for an answer. Each is called at the host under the path that the client has called. */
public enum InferenceRoute {
    CHAT("/v1/chat/completions", AnswerForm.CHUNKS, Does.GENERATES),
    COMPLETIONS("/v1/completions", AnswerForm.CHUNKS, Does.GENERATES),
    EMBEDDINGS("/v1/embeddings", AnswerForm.CHUNKS, Does.EMBEDS),
    RESPONSES("/v1/responses", AnswerForm.RESPONSE, Does.CONVERSES),
    MESSAGES("/v1/messages", AnswerForm.MESSAGE, Does.GENERATES),
    REST_V0_CHAT("/api/v0/chat/completions", AnswerForm.CHUNKS, Does.GENERATES),
    REST_V0_COMPLETIONS("/api/v0/completions", AnswerForm.CHUNKS, Does.GENERATES),
    REST_V0_EMBEDDINGS("/api/v0/embeddings", AnswerForm.CHUNKS, Does.EMBEDS),
    REST_V1_CHAT("/api/v1/chat", AnswerForm.CHAT, Does.CONVERSES);

    private enum Does {
        /** What is sent twice is computed twice, and may differ. */
        GENERATES,
        /** The host remembers the answer, for the next question of the same conversation. */
        CONVERSES,
        /** Equal questions have equal answers, and no stream. */
        EMBEDS
    }

    private final String path;
    private final AnswerForm form;
    private final Does does;

    InferenceRoute(String path, AnswerForm form, Does does) {
        this.path = path;
        this.form = form;
        this.does = does;
    }

    public String path() {
        return path;
    }

    AnswerForm form() {
        return form;
    }

    /** Whether an answer can come as events. */
    boolean streams() {
        return does != Does.EMBEDS;
    }

    /** Whether a question may be sent again although the host may have begun with it. */
    boolean repeatable() {
        return does == Does.EMBEDS;
    }

    /** Whether an answer can be empty although the model did its work. */
    boolean mayBeEmpty() {
        return does == Does.EMBEDS;
    }

    /** Whether a later request can go on from the answer at the same host. */
    boolean isRemembered() {
        return does == Does.CONVERSES;
    }
}
