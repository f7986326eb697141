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
const INSERT = 'CALL memory_insert {"label": "human", "new_string": "Likes teal."}';
const WEATHER = {
  name: "weather",
  description: "The weather of a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const words = (n) => Array.from({ length: n }, (_, i) => `word${i}`).join(" ");
const user = (content) => ({ role: "user", content });
const say = (id, message, options) => client.agents.messages.create(id, { messages: [message], ...options }, { maxRetries: 0 });
const said = (events) => events.flatMap((e) => (e.message_type === "assistant_message" ? [e.content] : [])).join("");
const marks = (events) => events.flatMap((e) => (e.message_type !== "ping" && e.seq_id ? [`${e.seq_id} ${e.message_type}`] : []));
const human = async (id) => (await client.agents.blocks.retrieve("human", { agent_id: id })).value;
const answerCall = (request, answer) => ({
  type: "approval",
  approvals: [{ tool_call_id: request.tool_call.tool_call_id, ...answer }],
});
const collect = async (stream) => {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
};
const behind = (id, count) =>
  client.agents.messages.stream(id, { messages: [user(`SLOW ${count}`)], stream_tokens: true, background: true });
/** An agent whose model does what the message says (provider.py). */
const scripted = async (approval) => {
  const made = await client.agents.create({
    model: "openai/gpt-4o-mini",
    embedding: "openai/text-embedding-3-small",
    memory_blocks: [{ label: "human", value: "Name: Ada." }],
  });
  if (approval) {
    await client.agents.tools.updateApproval("memory_insert", { agent_id: made.id, query_requires_approval: true });
  }
  return made.id;
};
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
  async "tokens and steps"() {
    const id = await scripted();
    for (const tokens of [false, true]) {
      const events = await collect(
        await client.agents.messages.stream(id, { messages: [user("SLOW 5")], stream_tokens: tokens }),
      );
      assert.equal(said(events).trim(), words(5));
      assert.equal(events.filter((e) => e.message_type === "assistant_message").length, tokens ? 5 : 1);
    }
  },
  async "background and resume"() {
    const id = await scripted();
    const first = [];
    for await (const event of await behind(id, 60)) {
      first.push(event);
      if (first.length === 8) break; // hangs up
    }
    const run = first.find((e) => e.run_id).run_id;
    assert.equal((await client.runs.retrieve(run)).status, "running");
    const seen = Math.max(...marks(first).map((m) => parseInt(m)));
    const rest = await collect(await client.runs.messages.stream(run, { starting_after: seen }));
    assert.ok(said(first) && said(rest));
    assert.equal(said([...first, ...rest]).trim(), words(60));
    const numbers = marks([...first, ...rest]).map((m) => parseInt(m));
    assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i));
    assert.equal((await client.runs.retrieve(run)).status, "completed");
    const again = await collect(await client.runs.messages.stream(run, { starting_after: seen }));
    assert.deepEqual(marks(again), marks(rest));
    assert.equal(said(again), said(rest));
  },
  async approve() {
    const id = await scripted(true);
    const asked = await say(id, user(INSERT));
    const request = asked.messages.at(-1);
    assert.equal(request.message_type, "approval_request_message");
    assert.equal(asked.stop_reason.stop_reason, "requires_approval");
    await assert.rejects(say(id, user("And now?")), (e) => e.status === 409 && /PENDING_APPROVAL/.test(e.message));
    const done = await say(id, answerCall(request, { type: "approval", approve: true }));
    assert.deepEqual(done.messages.map((m) => m.message_type), ["tool_return_message", "assistant_message"]);
    assert.match(await human(id), /teal/);
  },
  async deny() {
    const id = await scripted(true);
    const request = (await say(id, user(INSERT))).messages.at(-1);
    const done = await say(id, answerCall(request, { type: "approval", approve: false, reason: "not that" }));
    assert.equal(done.messages[0].tool_return, "Error: request to call tool denied. User reason: not that");
    assert.equal(await human(id), "Name: Ada.");
  },
  async "client tool"() {
    const id = await scripted();
    const asked = await say(id, user('CALL weather {"city": "Oslo"}'), { client_tools: [WEATHER] });
    assert.equal(asked.stop_reason.stop_reason, "requires_approval");
    const request = asked.messages.at(-1);
    assert.equal(request.tool_call.name, "weather");
    assert.deepEqual(JSON.parse(request.tool_call.arguments), { city: "Oslo" });
    const back = answerCall(request, { type: "tool", status: "success", tool_return: "Snow" });
    const done = await say(id, back, { client_tools: [WEATHER] });
    assert.equal(said(done.messages), "Done.");
    assert.equal(done.stop_reason.stop_reason, "end_turn");
  },
  async cancel() {
    const id = await scripted();
    let run;
    const stops = [];
    for await (const event of await behind(id, 2000)) {
      if (!run && event.message_type === "assistant_message") {
        run = event.run_id;
        assert.deepEqual(await client.agents.messages.cancel(id, { run_ids: [run] }), { [run]: "cancelled" });
      }
      if (event.message_type === "stop_reason") stops.push(event.stop_reason);
    }
    assert.deepEqual(stops, ["cancelled"]);
    assert.equal((await client.runs.retrieve(run)).status, "cancelled");
  },
  async "an unknown agent is 404"() {
    await assert.rejects(client.agents.retrieve("agent-00000000-0000-4000-8000-000000000000"), { status: 404 });
  },
};
const wanted = process.argv[2];
await checks[wanted]();
console.log("ok", wanted);
await client.agents.delete(agent.id);
