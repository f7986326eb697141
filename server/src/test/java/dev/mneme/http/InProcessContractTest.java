package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.EngineFilter.includeEngines;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Tests of routes once more, as they stand, through the door without a port (decision 0038). */
class InProcessContractTest {
    @ParameterizedTest
    @ValueSource(
            classes = {
                AgentRoutesTest.class,
                AgentImportTest.class,
                ApprovalRoutesTest.class,
                ArchiveRoutesTest.class,
                ChatRoutesTest.class,
                ConversationRoutesTest.class,
                KeyRoutesTest.class,
                KeyWalkTest.class,
                McpEndpointTest.class,
                MessageRoutesTest.class,
                SendRoutesTest.class
            })
    void isTheSameServer(Class<?> tests) {
        SummaryGeneratingListener seen = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .filters(includeEngines("junit-jupiter"))
                .build();
        System.setProperty(House.WITHOUT_PORT, "true");
        try {
            LauncherFactory.create().execute(request, seen);
        } finally {
            System.clearProperty(House.WITHOUT_PORT);
        }
        TestExecutionSummary summary = seen.getSummary();
        StringWriter failures = new StringWriter();
        summary.printFailuresTo(new PrintWriter(failures));
        assertThat(summary.getTotalFailureCount()).as(failures.toString()).isZero();
        assertThat(summary.getTestsSucceededCount()).isPositive();
    }
}
