/** A conversation as a list of things to show, made from stored messages and from the events of a stream. Pure. */

/** One event or message of the server, as far as this page looks at it. */
export interface Wire {
  id?: string;
  message_type?: string;
  content?: unknown;
  reasoning?: string;
  tool_call?: Call | null;
  tool_calls?: Call | Call[] | null;
  tool_return?: unknown;
  tool_call_id?: string;
  status?: string;
  stdout?: string[] | null;
  stderr?: string[] | null;
  date?: string;
  run_id?: string | null;
  step_id?: string | null;
  seq_id?: number | null;
  otid?: string | null;
  summary?: unknown;
  detail?: string;
  message?: string;
  stop_reason?: unknown;
}

export interface Call {
  tool_call_id?: string | null;
  name?: string | null;
  arguments?: string | null;
}

export type Item =
  | { kind: "user" | "assistant" | "reasoning" | "system" | "summary" | "error"; key: string; id: string; text: string; images: string[]; date: string; stepId: string }
  | {
      kind: "call";
      key: string;
      id: string;
      callId: string;
      name: string;
      args: string;
      date: string;
      stepId: string;
      /** null: no return yet. */
      result: { ok: boolean; text: string; images: string[]; output: string } | null;
      /** Waits for a person. */
      asks: boolean;
    };

const TEXT_KIND: Record<string, "user" | "assistant" | "reasoning" | "system" | "summary"> = {
  user_message: "user",
  assistant_message: "assistant",
  reasoning_message: "reasoning",
  hidden_reasoning_message: "reasoning",
  system_message: "system",
  summary_message: "summary",
};

/** Kinds of images that models read, and that the server takes. */
export const IMAGES: readonly string[] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

function parts(content: unknown): { text: string; images: string[] } {
  if (typeof content === "string") return { text: content, images: [] };
  if (!Array.isArray(content)) return { text: "", images: [] };
  const images: string[] = [];
  const texts: string[] = [];
  for (const part of content as { type?: string; text?: string; source?: { type?: string; url?: string; media_type?: string; data?: string } }[]) {
    if (part.type === "image" && part.source?.type === "base64" && part.source.data && IMAGES.includes(part.source.media_type ?? "")) {
      images.push(`data:${part.source.media_type};base64,${part.source.data}`);
    } else if (part.text) texts.push(part.text);
  }
  return { text: texts.join(""), images };
}

const calls = (wire: Wire): Call[] => (Array.isArray(wire.tool_calls) ? wire.tool_calls : wire.tool_calls ? [wire.tool_calls] : wire.tool_call ? [wire.tool_call] : []);

const asText = (value: unknown) => (typeof value === "string" ? value : value == null ? "" : JSON.stringify(value, null, 1));

/** The list with one more event; pieces of a message are joined to it. tokens: whether text comes in pieces. */
export function add(items: readonly Item[], wire: Wire, tokens: boolean): Item[] {
  const id = wire.id ?? "";
  const type = wire.message_type ?? "";
  const date = wire.date ?? "";
  const stepId = wire.step_id ?? "";
  if (type === "tool_call_message" || type === "approval_request_message") {
    return calls(wire).reduce((all, call) => addCall(all, call, wire, type === "approval_request_message", tokens), [...items]);
  }
  if (type === "tool_return_message") return addReturn(items, wire);
  if (type === "error_message") {
    return [...items, { kind: "error", key: `error-${items.length}`, id, text: wire.detail ?? wire.message ?? "The run failed.", images: [], date, stepId }];
  }
  const kind = TEXT_KIND[type];
  if (!kind) return [...items];
  const said = kind === "reasoning" ? { text: wire.reasoning ?? "", images: [] } : kind === "summary" ? { text: asText(wire.summary ?? wire.content), images: [] } : parts(wire.content);
  const key = `${kind}-${id}`;
  const at = items.findLastIndex((item) => item.key === key);
  if (at < 0) return [...items, { kind, key, id, ...said, date, stepId }];
  const old = items[at] as Extract<Item, { text: string }>;
  const next = [...items];
  next[at] = { ...old, text: tokens ? old.text + said.text : said.text };
  return next;
}

function addCall(items: Item[], call: Call, wire: Wire, asks: boolean, tokens: boolean): Item[] {
  const callId = call.tool_call_id ?? "";
  const at = items.findLastIndex((item) => item.kind === "call" && (callId ? item.callId === callId : item.id === wire.id));
  const old = at < 0 ? undefined : (items[at] as Extract<Item, { kind: "call" }>);
  const made: Item = {
    kind: "call",
    key: `call-${callId || wire.id}`,
    id: wire.id ?? "",
    callId: callId || old?.callId || "",
    name: call.name || old?.name || "",
    args: old && tokens ? old.args + (call.arguments ?? "") : (call.arguments ?? old?.args ?? ""),
    date: wire.date ?? "",
    stepId: wire.step_id ?? "",
    result: old?.result ?? null,
    asks: asks && !old?.result,
  };
  if (at < 0) return [...items, made];
  items[at] = made;
  return items;
}

function addReturn(items: readonly Item[], wire: Wire): Item[] {
  const next = [...items];
  const returns = (wire as { tool_returns?: Wire[] }).tool_returns ?? [wire];
  for (const each of returns.length ? returns : [wire]) {
    const at = next.findLastIndex((item) => item.kind === "call" && item.callId === each.tool_call_id);
    const said = parts(each.tool_return);
    const result = {
      ok: each.status !== "error",
      text: said.text || said.images.length > 0 ? said.text : asText(each.tool_return),
      images: said.images,
      output: [...(each.stdout ?? []), ...(each.stderr ?? [])].join(""),
    };
    if (at >= 0) next[at] = { ...(next[at] as Extract<Item, { kind: "call" }>), result, asks: false };
    else
      next.push({ kind: "call", key: `call-${each.tool_call_id}`, id: wire.id ?? "", callId: each.tool_call_id ?? "", name: "", args: "", date: wire.date ?? "", stepId: wire.step_id ?? "", result, asks: false });
  }
  return next;
}

/** Stored messages, oldest first, as items. Answers to approvals are shown at the call they answer. */
export function fromStored(messages: readonly Wire[]): Item[] {
  return messages.reduce<Item[]>((items, message) => add(items, message, false), []);
}

/** The calls at the end that wait for a person. */
export const asking = (items: readonly Item[]) => items.filter((item): item is Extract<Item, { kind: "call" }> => item.kind === "call" && item.asks);
