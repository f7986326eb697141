/*
 * Keeps one thread in which foreign code runs (or is read): takes jobs on a Unix socket, watches the time, gathers the output, answers.
 * Runs no foreign code itself.
 *
 * The one argument is JSON: socket (path to listen on), proxy (path of the guard's socket), server (what code calls the Mneme server),
 * worker (name of the program of the thread), once (end after one job), uid (to become when root; null: stay), home (folder of the
 * code), packages (folder with node_modules, or null), limits (memory, output, result: bytes). It prints one JSON line when it listens
 * and ends when standard input does. A job is a JSON object behind its length in four big-endian bytes; the answer is two of them: how it
 * ended, and what the code left.
 */
import fs from "node:fs";
import net from "node:net";
import { Worker } from "node:worker_threads";

const config = JSON.parse(process.argv[2]);
const megabyte = 1 << 20;
/* Bytes of one job: as much as the longest body of a request. */
const longestJob = 64 * megabyte;

const waiting = [];
let busy = null;

const listener = net.createServer(serve);
listener.listen(config.socket, () => {
  fs.chmodSync(config.socket, 0o666);
  if (config.uid !== null && process.getuid() === 0) {
    process.setgroups([]);
    process.setgid(config.uid);
    process.setuid(config.uid);
  }
  begin();
});
if (config.uid === null) {
  process.on("exit", endFamily); // without walls nobody else ends what the code started
}
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));
process.stdin.resume();

let worker = null;

function endFamily() {
  const open = children(process.pid);
  while (open.length > 0) {
    const pid = open.pop();
    open.push(...children(pid));
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it ended by itself
    }
  }
}

function children(pid) {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      fs.readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter((each) => each !== "").map(Number));
  } catch {
    return []; // it has ended, or this system does not say
  }
}

function begin() {
  worker = new Worker(new URL(config.worker, import.meta.url), {
    workerData: config,
    env: {},
    stdin: false,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(config.limits.memory / megabyte), maxYoungGenerationSizeMb: 64 },
  });
  worker.on("message", heard);
  worker.on("error", (error) => {
    if (error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
      finish("memory");
    } else {
      finish(null, { error: described(error) });
    }
  });
  worker.on("exit", (code) => finish("died", null, (code & 0xff) << 8));
}

function described(error) {
  const name = error && error.name ? error.name : "Error";
  return `${name}: ${error && error.message !== undefined ? error.message : error}`.slice(0, 1000);
}

function heard(message) {
  if (message.ready) {
    process.stdout.write(JSON.stringify({ node: process.version }) + "\n");
  } else if (busy && message.text !== undefined) {
    gather(busy, message.stream === 2 ? "stderr" : "stdout", message.text);
  } else if (message.done !== undefined) {
    finish(null, message.done);
  }
}

function gather(job, name, text) {
  const room = config.limits.output - job[name].length;
  if (room > 0) {
    job[name] += text.slice(0, room);
    if (text.length >= room) {
      job[name] += `\n... [the rest of the output was dropped: more than ${config.limits.output} bytes]\n`;
    }
  }
}

function serve(connection) {
  const parts = [];
  let size = 0;
  let taken = false;
  connection.on("error", () => connection.destroy());
  connection.on("close", () => {
    if (busy && busy.connection === connection) {
      process.exit(0); // whoever asked has left: what runs for them must end
    }
  });
  connection.on("data", (part) => {
    parts.push(part);
    size += part.length;
    if (taken || size < 4) {
      return;
    }
    const whole = parts.length === 1 ? part : Buffer.concat(parts);
    parts.length = 0;
    parts.push(whole);
    const length = whole.readUInt32BE(0);
    if (length > longestJob) {
      connection.destroy();
    } else if (size >= 4 + length) {
      taken = true;
      waiting.push({ connection, job: JSON.parse(whole.toString("utf8", 4, 4 + length)), stdout: "", stderr: "" });
      next();
    }
  });
}

function next() {
  if (busy || waiting.length === 0) {
    return;
  }
  busy = waiting.shift();
  busy.timer = setTimeout(() => finish("timeout"), busy.job.seconds * 1000);
  worker.postMessage(busy.job);
}

function finish(why, left, status) {
  const job = busy;
  if (job === null) {
    if (why !== null || left) {
      process.exit(1); // the thread ended without a job: the next server does better
    }
    return;
  }
  busy = null;
  clearTimeout(job.timer);
  let result = Buffer.from(left === null || left === undefined ? "null" : typeof left === "string" ? left : JSON.stringify(left));
  if (why === null && result.length > config.limits.result) {
    why = "result";
    result = Buffer.from("null");
  }
  const answer = [frame(Buffer.from(JSON.stringify({ why, status: status ?? 0, stdout: job.stdout, stderr: job.stderr }))), frame(result)];
  const last = config.once || why !== null;
  job.connection.end(Buffer.concat(answer), () => {
    if (last) {
      process.exit(0);
    }
  });
  if (!last) {
    next();
  }
}

function frame(body) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}
