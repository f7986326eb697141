package dev.mneme.tool.sandbox;

import dev.mneme.testkit.Code;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A jail for each call, as where namespaces may not be nested. */
class SingleUsePythonTest extends PythonContract {
    @Override
    Isolation isolation() {
        return Isolation.JAIL;
    }

    @Override
    @BeforeAll
    void open(@TempDir Path folder) {
        SandboxOptions options = Code.options(isolation(), folder);
        Jail jail = Jail.open(options);
        ToolProxy proxy = new ToolProxy(options.guard(), true, false, options.ownPort());
        code = Code.of(new LocalSandbox(
                jail,
                proxy,
                new CallGates(options.calls(), options.callsPerTrust()),
                List.of(new PythonHost(options, jail, proxy, "single"))));
    }
}
