package dev.mneme.run;

import static dev.mneme.testkit.Deskware.ORG;
import static dev.mneme.testkit.Deskware.USER;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.NewAgent;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures one compaction of a context of many messages, the summariser's own time apart.
 *
 * <pre>CompactionBench FOLDER MESSAGES SAMPLES</pre>
 */
final class CompactionBench {
    private static final int WARM = 5;

    private CompactionBench() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[0]));
        int messages = Integer.parseInt(args[1]);
        int samples = Integer.parseInt(args[2]);
        ScriptedModels models = new ScriptedModels();
        try (Deskware ware = Deskware.on(folder, models)) {
            // A summariser that takes no time.
            models.answer(request -> ScriptedModels.text("They talked."));
            for (String mode : List.of("sliding_window", "all")) {
                double[] ms = new double[samples];
                for (int i = -WARM; i < samples; i++) {
                    String agent = agent(ware, messages);
                    ObjectNode settings = Json.object().put("mode", mode);
                    long before = System.nanoTime();
                    ware.desk.compact(ORG, USER, agent, null, settings);
                    if (i >= 0) {
                        ms[i] = (System.nanoTime() - before) / 1e6;
                    }
                }
                Arrays.sort(ms);
                System.out.printf(
                        "%s of %d messages: p50 %.1f ms, p95 %.1f ms, worst %.1f ms%n",
                        mode, messages, ms[samples / 2], ms[samples * 95 / 100], ms[samples - 1]);
            }
        }
    }

    private static String agent(Deskware ware, int messages) {
        ObjectNode wish = Json.object().put("model", "scripted/scripted").put("context_window_limit", 400_000);
        wish.putArray("memory_blocks").addObject().put("label", "human").put("value", "Name: Ada");
        String id = ware.agents.create(ORG, USER, NewAgent.read(wish)).state().id();
        ware.db.of(ORG).write(tx -> {
            List<Message> rows = new ArrayList<>();
            for (int i = 0; i < messages; i++) {
                rows.add(row(
                        id,
                        i % 2 == 0 ? Role.USER : Role.ASSISTANT,
                        i,
                        ware.db.clock().next()));
            }
            ware.recall.insert(tx, rows);
            ware.recall.append(tx, id, rows.stream().map(Message::id).toList());
            return true;
        });
        return id;
    }

    private static Message row(String agent, Role role, int number, long at) {
        String text = "Message " + number + ": " + "the wind blew and the tide rose and the barge passed. ".repeat(6);
        return new Message(
                IdKind.MESSAGE.next(),
                agent,
                null,
                role,
                List.of(new Content.Text(text)),
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                role == Role.USER,
                null,
                at);
    }
}
