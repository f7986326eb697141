package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;

/** Agents as a table: name, model, when last at work, id. */
final class AgentTable {
    /** Columns; longer names are cut. */
    private static final int NAME_WIDTH = 24;

    private static final int MODEL_WIDTH = 30;
    /** Up to the minute. */
    private static final int TIME_WIDTH = 16;

    private final PrintStream out;
    private final Paint paint;

    AgentTable(PrintStream out, Paint paint) {
        this.out = out;
        this.paint = paint;
    }

    void print(JsonNode agents) {
        if (agents.isEmpty()) {
            out.println("There is no agent yet: ./mneme quickstart makes one.");
            return;
        }
        out.println(
                paint.bold(fit("NAME", NAME_WIDTH) + fit("MODEL", MODEL_WIDTH) + fit("LAST RUN", TIME_WIDTH) + "ID"));
        for (JsonNode agent : agents) {
            String model = agent.path("model")
                    .asText(agent.path("llm_config").path("handle").asText(""));
            String last = agent.path("last_run_completion").asText("");
            out.println(fit(agent.path("name").asText(), NAME_WIDTH)
                    + fit(model, MODEL_WIDTH)
                    + fit(
                            last.equals("null")
                                    ? ""
                                    : last.substring(0, Math.min(TIME_WIDTH, last.length()))
                                            .replace('T', ' '),
                            TIME_WIDTH)
                    + agent.path("id").asText());
        }
    }

    private static String fit(String text, int width) {
        String cut = text.length() > width ? text.substring(0, width - 1) + "…" : text;
        return cut + " ".repeat(width - cut.length() + 2);
    }
}
