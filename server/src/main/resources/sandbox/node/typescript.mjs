/*
 * The thread that reads TypeScript and JavaScript with the TypeScript parser; it runs nothing of what it reads.
 * Jobs: {kind: "translate", source, function} gives {code, last, together}; {kind: "schema", source, name} gives {schema}; or {refusal}.
 */
import { createRequire } from "node:module";
import { parentPort } from "node:worker_threads";
import { Schema, Refusal, chosen, takenApart } from "./schema.mjs";

const ts = createRequire(import.meta.url)("./typescript.cjs");
const LAST = "__last_expression__";

parentPort.on("message", (job) => {
  let done;
  try {
    done = job.kind === "schema" ? schema(job) : translated(job);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    done = { refusal: error.message };
  }
  parentPort.postMessage({ done: JSON.stringify(done) });
});
parentPort.postMessage({ ready: true });

function parsed(source) {
  const file = ts.createSourceFile("tool.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const problem = file.parseDiagnostics[0];
  if (problem) {
    const line = file.getLineAndCharacterOfPosition(problem.start).line + 1;
    throw new Refusal(`SyntaxError: ${ts.flattenDiagnosticMessageText(problem.messageText, " ")} (line ${line})`);
  }
  return file;
}

function schema(job) {
  const file = parsed(job.source);
  return { schema: new Schema(ts, file).of(chosen(ts, file, job.name), job.argumentsGiven) };
}

/* Null when no declaration has that name: it may be exported in another way. */
function wanted(file, name) {
  try {
    const found = chosen(ts, file, name);
    return found.name === name ? found : null;
  } catch (error) {
    if (error instanceof Refusal) {
      return null;
    }
    throw error;
  }
}

function translated(job) {
  const file = parsed(job.source);
  let source = job.source;
  let together = false;
  let last = null;
  if (job.function === null) {
    const statement = file.statements.at(-1);
    if (statement && ts.isExpressionStatement(statement)) {
      const expression = statement.expression;
      source = `${source.slice(0, expression.getStart())}globalThis.${LAST} = (${expression.getText()});${source.slice(statement.end)}`;
      last = LAST;
    }
  } else {
    const found = wanted(file, job.function);
    if (found) {
      together = takenApart(ts, found.node);
      if (!found.exported) {
        source += `\nexport { ${found.name} };\n`;
      }
    }
  }
  const { outputText } = ts.transpileModule(source, {
    fileName: "tool.ts",
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, inlineSourceMap: true, experimentalDecorators: true },
  });
  return { code: outputText, last, together };
}
