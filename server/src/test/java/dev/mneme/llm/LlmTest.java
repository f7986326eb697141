package dev.mneme.llm;

import dev.mneme.base.OutboundGuard;
import java.util.List;

/** Models for tests: real ones that do not wait between tries but note how long they would have. */
final class LlmTest {
    private LlmTest() {}

    static Models models(LlmOptions options, List<Long> pauses) {
        return new LiveModels(
                options, OwnProvider.Keyring.EMPTY, new OutboundGuard(options.allowedPrivateHosts()), pauses::add);
    }
}
