package dev.mneme.tool.sandbox;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sandbox on this machine: a host for each language, all behind the same walls and the same bounds of calls at once. */
public final class LocalSandbox implements Sandbox {
    private final Jail jail;
    private final CallGates gates;
    private final List<LanguageHost> hosts;
    private final Map<Language, LanguageHost> byLanguage = new EnumMap<>(Language.class);

    public LocalSandbox(Jail jail, CallGates gates, List<LanguageHost> hosts) {
        this.jail = jail;
        this.gates = gates;
        this.hosts = List.copyOf(hosts);
        hosts.forEach(host -> host.languages().forEach(language -> byLanguage.put(language, host)));
    }

    @Override
    public @Nullable String refusal(Language language) {
        if (jail.refusal() != null) {
            return jail.refusal();
        }
        LanguageHost host = byLanguage.get(language);
        return host == null ? "Code in " + language + " does not run on this server." : host.refusal();
    }

    @Override
    public SandboxResult run(SandboxJob job) {
        String refusal = refusal(job.language());
        LanguageHost host = byLanguage.get(job.language());
        if (refusal != null || host == null) {
            return new SandboxResult.Unavailable(String.valueOf(refusal));
        }
        try (CallGates.Permit permit = gates.enter(job.organizationId() + "/" + job.trust(), job.timeout())) {
            return permit.granted()
                    ? host.run(job)
                    : new SandboxResult.Raised(
                            "TimeoutError: Too many tools run at once: no room within "
                                    + job.timeout().toSeconds() + " seconds.",
                            List.of(),
                            List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SandboxResult.Raised("CancelledError: The call was cancelled.", List.of(), List.of());
        }
    }

    @Override
    public void close() {
        hosts.forEach(LanguageHost::close);
    }
}
