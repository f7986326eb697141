package dev.mneme.tool.sandbox;

import dev.mneme.base.Sha256;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sandbox on this machine: a host for each language, all behind the same walls and the same bounds of calls at once. */
public final class LocalSandbox implements Sandbox {
    private final Jail jail;
    private final ToolProxy proxy;
    private final CallGates gates;
    private final List<LanguageHost> hosts;
    private final Map<Language, LanguageHost> byLanguage = new EnumMap<>(Language.class);

    LocalSandbox(Jail jail, ToolProxy proxy, CallGates gates, List<LanguageHost> hosts) {
        this.jail = jail;
        this.proxy = proxy;
        this.gates = gates;
        this.hosts = List.copyOf(hosts);
        hosts.forEach(host -> host.languages().forEach(language -> byLanguage.put(language, host)));
    }

    /** Tries the walls, and builds everything behind them. */
    public static LocalSandbox open(SandboxOptions options) {
        options.sweep();
        Jail jail = Jail.open(options);
        ToolProxy proxy = new ToolProxy(options.guard(), options.network(), options.keysOnly(), options.ownPort());
        return new LocalSandbox(
                jail,
                proxy,
                new CallGates(options.calls(), options.callsPerTrust()),
                List.of(
                        new PythonHost(options, jail, proxy),
                        new NodeHost(options, jail, proxy),
                        new JavaHost(options, jail, proxy)));
    }

    /** Reads sources in TypeScript and JavaScript, too. */
    public NodeHost node() {
        return host(NodeHost.class);
    }

    /** Compiles sources in Java, too. */
    public JavaHost java() {
        return host(JavaHost.class);
    }

    private <H extends LanguageHost> H host(Class<H> kind) {
        return hosts.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }

    /** What the operator must know at the start: that nothing runs here, or how weak its walls are; null: all is well. */
    public @Nullable String notice() {
        return jail.isolation() == Isolation.PROCESS
                ? "MNEME_TOOL_ISOLATION=process: code of tools can read whatever this server can read."
                : jail.isolation() == Isolation.JAIL ? jail.refusal() : null;
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
    public String fingerprint(Language language, List<Requirement> requirements) {
        LanguageHost host = byLanguage.get(language);
        StringBuilder all = new StringBuilder(jail.isolation() + "\n" + language + "\n");
        all.append(host == null ? "" : host.ground());
        requirements.stream()
                .map(each -> "\n" + each.name() + " " + each.version())
                .sorted()
                .forEach(all::append);
        return Long.toUnsignedString(ByteBuffer.wrap(Sha256.of(all.toString())).getLong());
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
        proxy.close();
    }
}
