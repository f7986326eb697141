// The official Node client, as its users call it. Prints one line a check; the exit code tells.
import { createRequire } from "node:module";
import assert from "node:assert/strict";

const require = createRequire(process.env.NODE_CLIENT_FOLDER + "/");
const { Letta } = require("@letta-ai/letta-client");
const client = new Letta({ baseURL: process.env.MNEME_URL, apiKey: "none" });

const agent = await client.agents.create({
  name: "node",
  model: "demo/mneme-demo",
  memory_blocks: [{ label: "human", value: "Name: Ada." }],
  tools: ["archival_memory_insert", "archival_memory_search"],
});
const checks = {
  async health() {
    assert.equal((await client.health()).status, "ok");
  },
  async send() {
    const answer = await client.agents.messages.create(agent.id, { messages: [{ role: "user", content: "Hello" }] });
    assert.ok(answer.messages.some((m) => m.message_type === "assistant_message" && m.content));
    assert.equal(answer.stop_reason.stop_reason, "end_turn");
  },
  async stream() {
    const kinds = [];
    const events = await client.agents.messages.stream(agent.id, {
      messages: [{ role: "user", content: "Hello, stream" }],
      stream_tokens: true,
    });
    for await (const event of events) kinds.push(event.message_type);
    assert.ok(kinds.includes("assistant_message") && kinds.includes("stop_reason"), kinds.join());
  },
  async "edit a block"() {
    await client.agents.blocks.update("human", { agent_id: agent.id, value: "Name: Grace." });
    assert.equal((await client.agents.blocks.retrieve("human", { agent_id: agent.id })).value, "Name: Grace.");
  },
  async "archival memory"() {
    await client.agents.passages.create(agent.id, { text: "The cat is called Turing." });
    await client.agents.passages.create(agent.id, { text: "Tea is drunk at four." });
    const found = await client.agents.passages.search(agent.id, { query: "name of the cat" });
    assert.match(found.results[0].content, /Turing/);
  },
  async "paging ends"() {
    for (const content of ["one", "two"]) {
      await client.agents.messages.create(agent.id, { messages: [{ role: "user", content }] });
    }
    let rows = 0;
    for await (const _ of client.agents.messages.list(agent.id, { limit: 2, order: "asc" })) {
      assert.ok(++rows < 200, "the pager does not end");
    }
    assert.ok(rows >= 4, `${rows} rows`);
    let agents = 0;
    for await (const _ of client.agents.list({ limit: 1 })) assert.ok(++agents < 200, "the pager does not end");
    assert.ok(agents >= 1);
  },
  async "an unknown agent is 404"() {
    await assert.rejects(client.agents.retrieve("agent-00000000-0000-4000-8000-000000000000"), { status: 404 });
  },
};
const wanted = process.argv[2];
await checks[wanted]();
console.log("ok", wanted);
await client.agents.delete(agent.id);
