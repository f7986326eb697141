package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.Secrets;
import dev.mneme.base.Json;
import dev.mneme.file.AgentFiles;
import dev.mneme.file.FilePassages;
import dev.mneme.file.FileTools;
import dev.mneme.llm.Models;
import dev.mneme.memory.Archival;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.MemoryTools;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.store.Db;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.StaticModels;
import dev.mneme.testkit.TestDb;
import dev.mneme.tool.BaseTools;
import dev.mneme.tool.Tool;
import dev.mneme.tool.Tools;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rooms that agents need, on a fresh database. */
final class AgentRooms implements AutoCloseable {
    static final String ORG = Db.DEFAULT_ORGANIZATION;
    static final String USER = Db.DEFAULT_USER;

    final Db db;
    final ScanIndex index;
    final Blocks blocks;
    final Recall recall;
    final Tools tools;
    final Agents agents;

    AgentRooms(Path folder, @Nullable String defaultModel) {
        db = TestDb.open(folder);
        index = new ScanIndex(db);
        blocks = new Blocks(db);
        Models models = new StaticModels(defaultModel);
        recall = new Recall(db, index, models);
        tools = new Tools(db);
        List<Tool> executable =
                new ArrayList<>(new MemoryTools(db, blocks, recall, new Archival(db, index, models)).all());
        executable.addAll(
                new FileTools(db, new AgentFiles(db.clock(), tools), new FilePassages(db, index, models)).all());
        tools.upsertBase(ORG, USER, BaseTools.catalogue(executable));
        agents = new Agents(
                db, models, new Secrets("test phrase", new SecureRandom()), tools, blocks, recall, new SystemPrompts());
    }

    /** The writer of patches alone, for a test that comes between its two halves. */
    Change change() {
        AgentFiles files = new AgentFiles(db.clock(), tools);
        SystemRow systemRow = new SystemRow(db.clock(), recall, new Snapshots(blocks, recall, tools, files));
        ModelChoice choice = new ModelChoice(new StaticModels(null));
        Secrets secrets = new Secrets("test phrase", new SecureRandom());
        Companion companion = new Companion(db.clock(), tools, blocks, recall, new SystemPrompts(), systemRow);
        return new Change(db.clock(), choice, secrets, tools, blocks, recall, files, systemRow, companion);
    }

    /** Makes an agent from a body, with single quotes for double ones. */
    Loaded create(String body) {
        return agents.create(ORG, USER, NewAgent.read(json(body)));
    }

    Loaded patch(Loaded agent, String body) {
        return agents.patch(ORG, USER, agent.state().id(), AgentPatch.read(json(body)));
    }

    static ObjectNode json(String body) {
        try {
            return (ObjectNode) Json.parse(body.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(body, e);
        }
    }

    @Override
    public void close() {
        db.close();
    }
}
