package dev.mneme.http;

import dev.mneme.account.People;
import dev.mneme.account.Person;
import dev.mneme.account.Secrets;
import dev.mneme.agent.Agents;
import dev.mneme.llm.Models;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.MemoryTools;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.store.Db;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.StaticModels;
import dev.mneme.testkit.TestDb;
import dev.mneme.tool.BaseTool;
import dev.mneme.tool.BaseTools;
import dev.mneme.tool.Tools;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** A whole server on a random port over a fresh database, for tests of routes. */
final class House implements AutoCloseable {
    final Db db;
    final Rooms rooms;
    final Recall recall;
    final Web web;

    private final HttpServer server;

    House(Path folder) {
        db = TestDb.sqlite(folder);
        ScanIndex index = new ScanIndex(db);
        Models models = new StaticModels("openai/gpt-4o");
        Blocks blocks = new Blocks(db);
        recall = new Recall(db, index);
        Tools tools = new Tools(db);
        List<BaseTool> catalogue = BaseTools.catalogue(new MemoryTools(blocks).all());
        tools.upsertBase(Db.DEFAULT_ORGANIZATION, Db.DEFAULT_USER, catalogue);
        Agents agents = new Agents(
                db, models, new Secrets("test", new SecureRandom()), tools, blocks, recall, new SystemPrompts());
        rooms = new Rooms("test", models, tools, catalogue, blocks, recall, agents);
        People people = new People(db);
        Door door = Door.of(false, false, List.of(), "right"::equals);
        server = new HttpServer(Reception.of(rooms, door, id -> actor(people.resolve(id)), 0));
        web = new Web(server.start("127.0.0.1", 0));
    }

    private static Actor actor(Person person) {
        return new Actor(person.organizationId(), person.id());
    }

    /** Makes an agent; body as for POST /v1/agents, single quotes allowed. */
    String agent(String body) {
        Web.Reply made = web.post("/v1/agents/", body);
        if (made.status() != 200) {
            throw new AssertionError(made.text());
        }
        return made.json().path("id").asText();
    }

    @Override
    public void close() {
        web.close();
        server.stop();
        db.close();
    }
}
