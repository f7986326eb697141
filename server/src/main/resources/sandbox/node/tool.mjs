/* The thread in which foreign JavaScript runs, once: takes the job from the keeper, calls the function, hands back what it left. */
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData as config } from "node:worker_threads";
import { openNetwork } from "./network.mjs";

const longestError = 1000;
const port = parentPort;
const { parse, stringify } = JSON; // foreign code may replace them
const send = port.postMessage.bind(port);
const room = { 1: config.limits.output, 2: config.limits.output };

process.setSourceMapsEnabled(true);
process.chdir = undefined;
for (const [number, stream] of [[1, process.stdout], [2, process.stderr]]) {
  stream.write = (chunk, encoding, done) => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    if (room[number] >= 0) {
      room[number] -= text.length;
      send({ stream: number, text });
    }
    const callback = typeof encoding === "function" ? encoding : done;
    if (callback) {
      queueMicrotask(callback);
    }
    return true;
  };
}
openNetwork(config.proxy);
if (config.packages !== null) {
  fs.symlinkSync(path.join(config.packages, "node_modules"), path.join(config.home, "node_modules"));
}
const file = path.join(config.home, "tool.mjs");
globalThis.require = createRequire(file);
globalThis.module = { exports: {} };
globalThis.exports = globalThis.module.exports;
port.once("message", (job) => run(job).then((done) => send({ done })));
send({ ready: true });

async function run(job) {
  try {
    Object.assign(process.env, { HOME: config.home, TMPDIR: config.home, PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8" }, job.environment);
    if (job.clientKey) {
      process.env.LETTA_API_KEY ??= job.clientKey;
      process.env.LETTA_BASE_URL ??= config.server;
    }
    globalThis.client = job.clientKey ? lateClient(job.clientKey) : null;
    fs.writeFileSync(file, job.code);
    const module = await import(pathToFileURL(file).href);
    if (job.function === null) {
      return packed(job.last === null ? null : await globalThis[job.last]);
    }
    const called = module[job.function] ?? globalThis.module.exports[job.function] ?? module.default;
    if (typeof called !== "function") {
      throw new ReferenceError(`${job.function} is not defined`);
    }
    return packed(await called(...given(job)));
  } catch (error) {
    const name = error instanceof Error ? error.name : "Error";
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
    const text = error instanceof Error ? error.message + cause : String(error);
    process.stderr.write(trace(error));
    return stringify({ error: `${name}: ${text}`.slice(0, longestError) });
  }
}

/* The trace without our own lines, which tell the author nothing. */
function trace(error) {
  const stack = error instanceof Error ? String(error.stack) : `Uncaught ${String(error)}`;
  const lines = stack.split("\n").filter((line) => !/^\s+at .*(?:node:internal|\/node\/(?:tool|network|keeper)\.mjs)/.test(line));
  return lines.join("\n").replaceAll(pathToFileURL(config.home + "/").href, "").replaceAll(config.home + "/", "") + "\n";
}

/* The arguments in the order of the schema; one object when the function takes its first parameter apart. */
function given(job) {
  const properties = job.parameters?.properties ?? null;
  const values = { ...job.arguments };
  for (const [name, schema] of Object.entries(properties ?? {})) {
    if (name in values) {
      values[name] = coerced(values[name], schema?.type);
    }
  }
  if (job.together) {
    return [values];
  }
  const names = properties === null ? Object.keys(values) : Object.keys(properties);
  return names.map((name) => values[name] ?? (values[name] === null ? null : undefined));
}

/* Models write numbers as text now and then. What does not fit stays as it is. */
function coerced(value, type) {
  if (typeof value !== "string") {
    return value;
  }
  if ((type === "number" || type === "integer") && value.trim() !== "" && Number.isFinite(Number(value))) {
    return Number(value);
  }
  if (type === "boolean" && /^(true|false)$/i.test(value)) {
    return value.toLowerCase() === "true";
  }
  if (type === "object" || type === "array") {
    try {
      return parse(value);
    } catch {
      return value;
    }
  }
  return value;
}

/* JSON text of {value, text}; text is empty where the other side writes it. */
function packed(value) {
  const plain = value === undefined ? null : value;
  const json = stringify(plain, plainly) ?? stringify(String(plain));
  return `{"value":${json},"text":${typeof plain === "string" ? json : '""'}}`;
}

function plainly(key, value) {
  if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") {
    return String(value);
  }
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([name, each]) => [String(name), each]));
  }
  if (value instanceof Set) {
    return [...value];
  }
  if (value instanceof Error) {
    return `${value.name}: ${value.message}`;
  }
  return value;
}

/* The official client for this server, made when it is first used: its package takes a while to load. */
function lateClient(key) {
  let made = null;
  const real = () => {
    if (made === null) {
      const loaded = globalThis.require("@letta-ai/letta-client");
      const Client = loaded.Letta ?? loaded.default ?? loaded.LettaClient;
      made = new Client({ apiKey: key, token: key, baseURL: process.env.LETTA_BASE_URL, baseUrl: process.env.LETTA_BASE_URL });
    }
    return made;
  };
  return new Proxy(Object.create(null), {
    get(_, name) {
      const value = real()[name];
      return typeof value === "function" ? value.bind(made) : value;
    },
  });
}
