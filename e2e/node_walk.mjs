// Every method of the official Node client, found by introspection, against a running server. Prints one JSON line a method:
// its name, the statuses that the server answered on live things, those on unknown ids, and what went wrong.
import { createRequire } from "node:module";

const require = createRequire(process.env.NODE_CLIENT_FOLDER + "/");
const { Letta, toFile } = require("@letta-ai/letta-client");
const { APIResource } = require("@letta-ai/letta-client/core/resource");

const NOBODY = "00000000-0000-4000-8000-00000000dead";
const MODEL = "demo/mneme-demo";
const messages = [{ role: "user", content: "Hello" }];
const mcp = { mcp_server_type: "streamable_http", server_url: "https://mcp.example.invalid/mcp" };
let statuses = [];
const client = new Letta({
  baseURL: process.env.MNEME_URL,
  apiKey: "none",
  maxRetries: 0,
  timeout: 60_000,
  fetch: async (...request) => {
    const answer = await fetch(...request);
    statuses.push(answer.status);
    return answer;
  },
});

let serial = 0;
const fresh = (word) => `${word}_${process.pid}_${++serial}`;
const source = () => `def ${fresh("add")}(a: int) -> int:\n    """Adds.\n\n    Args:\n        a (int): one\n    """\n    return a + 1\n`;
const text = () => toFile(Buffer.from("Some text to be found."), "walk.txt", { type: "text/plain" });
const id = async (made) => (await made).id;

const make = {
  agentID: () => id(client.agents.create({ name: "walk", model: MODEL, memory_blocks: [{ label: "human", value: "Ada" }] })),
  blockID: () => id(client.blocks.create({ label: "notes", value: "x" })),
  archiveID: () => id(client.archives.create({ name: "a" })),
  folderID: () => id(client.folders.create({ name: fresh("f") })),
  toolID: () => id(client.tools.create({ source_code: source() })),
  mcpServerID: () => id(client.mcpServers.create({ server_name: fresh("s"), config: mcp })),
  identityID: () =>
    id(client.post("/v1/identities/", { body: { identifier_key: fresh("i"), name: "Ann", identity_type: "user" } })),
  conversationID: async () => id(client.conversations.create({ agent_id: await make.agentID() })),
  async runID() {
    const run = await client.agents.messages.createAsync(await make.agentID(), { messages });
    while (!["completed", "failed"].includes((await client.runs.retrieve(run.id)).status)) await new Promise((r) => setTimeout(r, 20));
    return run.id;
  },
  stepID: async () => (await client.runs.steps.list(await make.runID())).items[0].id,
  messageID: async () => (await client.agents.messages.list(await make.agentID())).items[0].id,
  templateName: async () => (await template()).name,
  templateVersion: async () => (await make.templateName()) + ":latest",
  token: async () => (await token(await make.agentID())).token,
  deviceID: async () => (await environment()).deviceId,
  connectionID: async () => (await environment()).connectionId,
  toolName: () => "conversation_search",
  blockLabel: () => "human",
};
const grant = (agent) => ({ hostname: "http://localhost", policy: [{ type: "agent", id: agent, access: ["read_agent"] }] });
const token = (agent) => client.accessTokens.create(grant(agent));
const template = async () => client.templates.create({ type: "agent", agent_id: await make.agentID(), name: fresh("t") });
const environment = async () => {
  const body = { deviceId: fresh("d"), connectionName: "laptop" };
  return { ...body, ...(await client.post("/v1/environments/register", { body })) };
};
const soon = () => ({ messages, schedule: { type: "one-time", scheduled_at: Date.now() + 3_600_000 } });
const planned = async () => {
  const agent_id = await make.agentID();
  return [await id(client.agents.schedule.create(agent_id, soon())), { agent_id }];
};
const uploaded = async () => {
  const folder_id = await make.folderID();
  return [await id(client.folders.files.upload(folder_id, { file: await text() })), { folder_id }];
};
/** A file that has been read: before that it cannot be opened. */
const read = async (file, folder_id) => {
  const state = async () => (await client.folders.files.retrieve(file, { folder_id })).processing_status;
  for (let now = await state(); now !== "completed"; now = await state()) {
    if (now === "error") throw new Error("the file could not be read");
    await new Promise((r) => setTimeout(r, 20));
  }
};
const openFile = async () => {
  const agent_id = await make.agentID();
  const [file, { folder_id }] = await uploaded();
  await read(file, folder_id);
  await client.agents.folders.attach(folder_id, { agent_id });
  await client.agents.files.open(file, { agent_id });
  return [file, { agent_id }];
};
const held = (kind, resource) => async () => {
  const agent_id = await make.agentID();
  const thing = await make[kind]();
  await client.agents[resource].attach(thing, { agent_id });
  return [thing, { agent_id }];
};
const ofAgent = (kind, more) => async () => [await make[kind](), { agent_id: await make.agentID(), ...more }];
const on = (kind, body) => async () => [await make[kind](), typeof body === "function" ? await body() : body];
const agentFile = async () => client.get(`/v1/agents/${await make.agentID()}/export`);

// What a method is called with, where an id for each of its own parameters is not enough.
const wishes = {
  "agents.create": async () => [{ model: MODEL }],
  "agents.update": on("agentID", { name: "renamed" }),
  "agents.importFile": async () => [{ file: await toFile(Buffer.from(JSON.stringify(await agentFile())), "a.af") }],
  "agents.messages.create": on("agentID", { messages }),
  "agents.messages.createAsync": on("agentID", { messages }),
  "agents.messages.stream": on("agentID", { messages }),
  "agents.messages.reset": on("agentID", {}),
  "agents.schedule.create": on("agentID", soon),
  "agents.schedule.retrieve": planned,
  "agents.schedule.delete": planned,
  "agents.blocks.retrieve": ofAgent("blockLabel"),
  "agents.blocks.update": ofAgent("blockLabel", { value: "Bo" }),
  "agents.blocks.attach": ofAgent("blockID"),
  "agents.blocks.detach": held("blockID", "blocks"),
  "agents.tools.attach": ofAgent("toolID"),
  "agents.tools.detach": held("toolID", "tools"),
  "agents.tools.run": ofAgent("toolName", { args: { query: "tea" } }),
  "agents.tools.updateApproval": async () => ["memory_insert", { agent_id: await make.agentID(), body_requires_approval: true }],
  "agents.folders.attach": ofAgent("folderID"),
  "agents.folders.detach": held("folderID", "folders"),
  "agents.files.close": openFile,
  "agents.files.open": openFile,
  "agents.archives.attach": ofAgent("archiveID"),
  "agents.archives.detach": held("archiveID", "archives"),
  "agents.passages.create": on("agentID", { text: "tea" }),
  "agents.passages.search": on("agentID", { query: "tea" }),
  "agents.passages.delete": async () => {
    const agent_id = await make.agentID();
    return [(await client.agents.passages.create(agent_id, { text: "tea" }))[0].id, { agent_id }];
  },
  "agents.identities.attach": ofAgent("identityID"),
  "agents.identities.detach": held("identityID", "identities"),
  "tools.create": async () => [{ source_code: source() }],
  "tools.upsert": async () => [{ source_code: source() }],
  "tools.update": on("toolID", { description: "Adds one." }),
  "tools.search": async () => [{ query: "add" }],
  "blocks.create": async () => [{ label: "l", value: "v" }],
  "blocks.update": on("blockID", { value: "y" }),
  "archives.create": async () => [{ name: "a" }],
  "archives.update": on("archiveID", { name: "b" }),
  "archives.passages.create": on("archiveID", { text: "tea" }),
  "archives.passages.createMany": on("archiveID", { passages: [{ text: "tea" }] }),
  "archives.passages.delete": async () => {
    const archive_id = await make.archiveID();
    return [await id(client.archives.passages.create(archive_id, { text: "tea" })), { archive_id }];
  },
  "folders.create": async () => [{ name: fresh("f") }],
  "folders.update": on("folderID", { description: "d" }),
  "folders.files.upload": on("folderID", async () => ({ file: await text() })),
  "folders.files.retrieve": uploaded,
  "folders.files.delete": uploaded,
  "mcpServers.create": async () => [{ server_name: fresh("s"), config: mcp }],
  "mcpServers.update": on("mcpServerID", { config: mcp }),
  "mcpServers.tools.retrieve": async () => [await make.toolID(), { mcp_server_id: await make.mcpServerID() }],
  "mcpServers.tools.run": async () => [await make.toolID(), { mcp_server_id: await make.mcpServerID() }],
  "steps.feedback.create": on("stepID", { feedback: "positive" }),
  "templates.create": async () => [{ type: "agent", agent_id: await make.agentID() }],
  "templates.update": on("templateName", async () => ({ agent_file_json: await agentFile() })),
  "templates.delete": on("templateName", {}),
  "templates.rollback": on("templateName", { version: "1" }),
  "messages.search": async () => [{ query: "tea" }],
  "passages.search": async () => [{ query: "tea" }],
  "conversations.create": async () => [{ agent_id: await make.agentID() }],
  "conversations.update": on("conversationID", { summary: "s" }),
  "conversations.messages.create": on("conversationID", { messages }),
  "environments.sendMessage": on("connectionID", { messages: [{ ...messages[0], client_message_id: "1" }] }),
  "accessTokens.create": async () => [grant(await make.agentID())],
};

function* walk(resource, path) {
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).sort()) {
    if (name !== "constructor") yield [[...path, name].join("."), resource[name].bind(resource), resource[name]];
  }
  for (const [name, inner] of Object.entries(resource)) {
    if (inner instanceof APIResource) yield* walk(inner, [...path, name]);
  }
}

const parameters = (method) => /\(([^)]*)\)/.exec(String(method))[1].split(",").map((p) => p.trim().split(/[ =]/)[0]);
const own = async (method) => {
  const args = [];
  for (const name of parameters(method)) {
    if (make[name]) args.push(await make[name]());
  }
  return args;
};

const isId = (value) => typeof value === "string" && /^[a-z_]+-[0-9a-f-]{36}$/.test(value);
const unknown = (value) => {
  if (isId(value)) return value.slice(0, value.length - 36) + NOBODY;
  if (value && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unknown(inner)]));
  }
  return value;
};

/** Calls, reads streams to their end; the statuses and what went wrong besides a refusal. */
const call = async (method, args) => {
  statuses = [];
  let broken = null;
  try {
    const answer = await method(...args);
    if (answer && typeof answer === "object" && "controller" in answer) for await (const _ of answer);
  } catch (error) {
    if (!error.status) broken = String(error);
  }
  return { statuses, broken };
};

const methods = [["health", client.health.bind(client), client.health]];
for (const [name, resource] of Object.entries(client)) if (resource instanceof APIResource) methods.push(...walk(resource, [name]));
for (const [name, method, written] of methods) {
  try {
    const args = wishes[name] ? await wishes[name]() : await own(written);
    const live = await call(method, args);
    const strange = args.map(unknown);
    const asked = JSON.stringify(strange) !== JSON.stringify(args);
    console.log(JSON.stringify({ name, live, unknown: asked ? await call(method, strange) : null }));
  } catch (error) {
    console.log(JSON.stringify({ name, failed: String(error) }));
  }
}
