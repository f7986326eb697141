package dev.mneme.tool.sandbox;

import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Scope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a call of a Python tool costs: the first one, one after the other, and many at once.
 *
 * <pre>SandboxBench FOLDER [jail|process]</pre>
 */
final class SandboxBench {
    private static final int SAMPLES = 300;
    private static final int AT_ONCE = 50;
    private static final int ROUNDS = 5;
    private static final int FIRST_CALLS = 10;
    /** Time for the modules that are loaded ahead. */
    private static final long SETTLE_MILLIS = 2_000;

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String PLAIN = "def f(x: int):\n    return x + 1";
    private static final String REQUESTS =
            "import requests, pydantic\ndef f(x: int):\n    return requests.codes.ok + x";

    private SandboxBench() {}

    public static void main(String[] args) throws Exception {
        Isolation isolation = Isolation.valueOf((args.length > 1 ? args[1] : "jail").toUpperCase(Locale.ROOT));
        SandboxOptions options = SandboxOptions.usual(
                isolation,
                true,
                false,
                new OutboundGuard(List.of()),
                () -> 0,
                Path.of(args[0]),
                null,
                System.getenv(),
                CallLimits.USUAL);
        try (LocalSandbox sandbox = LocalSandbox.open(options);
                Scope scope = new Scope("bench")) {
            check(sandbox.run(job(REQUESTS, "warm-up"))); // installs the base
            report("first call of an agent, plain", first(sandbox, PLAIN, "plain-"));
            report("first call of an agent, with requests and pydantic", first(sandbox, REQUESTS, "requests-"));
            Thread.sleep(SETTLE_MILLIS);
            report("warm call, plain", serial(sandbox, PLAIN));
            report("warm call, with requests and pydantic", serial(sandbox, REQUESTS));
            report(AT_ONCE + " at once, of one agent", atOnce(sandbox, scope, null));
            for (int agent = 0; agent < FIRST_CALLS; agent++) {
                check(sandbox.run(job(PLAIN, "many-" + agent)));
            }
            Thread.sleep(SETTLE_MILLIS);
            report(AT_ONCE + " at once, of " + FIRST_CALLS + " agents", atOnce(sandbox, scope, "many-"));
        }
    }

    private static double[] first(LocalSandbox sandbox, String source, String agents) {
        double[] millis = new double[FIRST_CALLS];
        for (int i = 0; i < FIRST_CALLS; i++) {
            millis[i] = timed(sandbox, source, agents + i);
        }
        return millis;
    }

    private static double[] serial(LocalSandbox sandbox, String source) {
        double[] millis = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            millis[i] = timed(sandbox, source, "warm-up");
        }
        return millis;
    }

    /** agents: prefix of the agents that share the calls, null: one agent. */
    private static double[] atOnce(LocalSandbox sandbox, Scope scope, @Nullable String agents) {
        List<Double> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<Callable<Double>> calls = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                String agent = agents == null ? "warm-up" : agents + i % FIRST_CALLS;
                calls.add(() -> timed(sandbox, PLAIN, agent));
            }
            all.addAll(scope.all(calls));
        }
        return all.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double timed(LocalSandbox sandbox, String source, String agent) {
        long begun = System.nanoTime();
        check(sandbox.run(job(source, agent)));
        return (System.nanoTime() - begun) / 1e6;
    }

    private static void check(SandboxResult result) {
        if (!(result instanceof SandboxResult.Returned)) {
            throw new IllegalStateException(result.toString());
        }
    }

    private static SandboxJob job(String source, String agent) {
        return new SandboxJob(
                "org-1",
                agent,
                Language.PYTHON,
                source,
                "f",
                Json.object().put("x", 1),
                null,
                null,
                null,
                Map.of(),
                null,
                List.of(),
                PATIENCE);
    }

    private static void report(String what, double[] millis) {
        Arrays.sort(millis);
        System.out.printf(
                Locale.ROOT,
                "%-52s p50 %6.1f ms   p95 %6.1f ms   n=%d%n",
                what,
                millis[millis.length / 2],
                millis[millis.length * 95 / 100],
                millis.length);
    }
}
