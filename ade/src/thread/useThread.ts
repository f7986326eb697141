import type { Stream } from "@letta-ai/letta-client/core/streaming";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { api } from "../api";
import { add, fromStored, type Item, type Wire } from "./thread";

/** Stored messages fetched at once. */
const PAGE_SIZE = 200;

/** Between two tries to come back to a stream that broke off, ms. */
const RETRY = 1_500;

/** Items are drawn at most this often while tokens come, ms. */
const FRAME = 50;

/** How often a page that is looked at asks whether somebody else said something, ms. */
const WATCH = 5_000;

/** Items at the end that an event of a stream may touch; the rest of a long conversation is not copied for each token. */
export const TAIL = 50;

/** What was said lies beside the rest: while tokens come, only those who show it are drawn again. */
export interface Thread {
  items: () => Item[];
  subscribe: (changed: () => void) => () => void;
  /** A run works now. */
  busy: boolean;
  /** Older messages may exist. */
  more: boolean;
  /** They are being fetched. */
  fetching: boolean;
  loading: boolean;
  error: unknown;
  older: () => Promise<void>;
  send: (text: string, images: string[]) => void;
  answer: (verdicts: Verdict[]) => void;
  stop: () => void;
  reload: () => void;
}

/** What a person decides about one call: whether it may be made, or what came of it when they made it themselves (contract 02 §9). */
export type Verdict =
  | { type: "approval"; tool_call_id: string; approve: boolean; reason: string | undefined }
  | { type: "tool"; tool_call_id: string; status: "success" | "error"; tool_return: string; stdout: string[] | undefined; stderr: string[] | undefined };

type Body = Record<string, unknown>;

/** What was said so far, drawn again when there is more. */
export const useItems = (thread: Thread): Item[] => useSyncExternalStore(thread.subscribe, thread.items);

/** An agent's conversation: what is stored, and what its runs add. A run that works when the page opens is followed, also after a break. */
export function useThread(agentId: string): Thread {
  const [busy, setBusy] = useState(false);
  const [more, setMore] = useState(false);
  const [fetching, setFetching] = useState(false);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>(null);
  const oldest = useRef<string | undefined>(undefined);
  /** The stored message that was the last one when it was looked for. */
  const newest = useRef<string | undefined>(undefined);
  /** What was said: the part that events no longer touch, and the end. */
  const head = useRef<Item[]>([]);
  const tail = useRef<Item[]>([]);
  const shown = useRef<Item[]>([]);
  const listeners = useRef(new Set<() => void>());
  const drawn = useRef(0);
  const alive = useRef(true);
  const following = useRef(false);
  const asked = useRef(false);

  const show = useCallback((next: Item[]) => {
    const from = Math.max(0, next.length - TAIL);
    head.current = next.slice(0, from);
    tail.current = next.slice(from);
    shown.current = next;
    listeners.current.forEach((changed) => changed());
  }, []);
  const subscribe = useCallback((changed: () => void) => {
    listeners.current.add(changed);
    return () => void listeners.current.delete(changed);
  }, []);
  const items = useCallback(() => shown.current, []);
  const all = useCallback(() => [...head.current, ...tail.current], []);

  // Pages come oldest message first, whatever their order (contract 03 §5).
  const load = useCallback(async () => {
    const page = (await api.agents.messages.list(agentId, { limit: PAGE_SIZE, order: "desc" })).items as Wire[];
    if (!alive.current) return;
    newest.current = page.at(-1)?.id;
    const fresh = fromStored(page);
    const known = all();
    const from = known.findIndex((item) => item.id !== "" && item.id === fresh[0]?.id);
    if (from > 0) {
      // Older pages that were fetched already stay before it.
      show([...known.slice(0, from), ...fresh]);
    } else {
      oldest.current = page[0]?.id;
      setMore(page.length === PAGE_SIZE);
      show(fresh);
    }
  }, [agentId, all, show]);

  /** Reads a stream to its end; where it breaks off, goes on after the last number that was seen. */
  const read = useCallback(
    async (open: () => Promise<Stream<unknown>>) => {
      let run = "";
      let seen = 0;
      let next: (() => Promise<Stream<unknown>>) | null = open;
      const draw = () => {
        drawn.current = 0;
        if (alive.current) show(all());
      };
      following.current = true;
      setBusy(true);
      setError(null);
      while (next && alive.current) {
        try {
          for await (const event of await next()) {
            const wire = event as Wire;
            run = wire.run_id ?? run;
            seen = wire.seq_id ?? seen;
            if (!alive.current) return;
            tail.current = add(tail.current, wire, true);
            drawn.current ||= window.setTimeout(draw, FRAME);
          }
          next = null;
        } catch (e) {
          if (!run) {
            setError(e);
            next = null;
          } else {
            await new Promise((then) => setTimeout(then, RETRY));
            const id = run;
            const after = seen;
            const ended = await over(id);
            next = ended === true ? null : () => api.runs.messages.stream(id, { starting_after: after }) as Promise<Stream<unknown>>;
          }
        }
      }
      following.current = false;
      clearTimeout(drawn.current);
      if (!alive.current) return;
      draw();
      setBusy(false);
      // The stored form is the last word: whole messages, returns at their calls.
      await load().catch(setError);
    },
    [all, load, show],
  );

  useEffect(() => {
    alive.current = true;
    const start = async () => {
      try {
        await load();
        const active = (await api.runs.list({ agent_id: agentId, active: true, limit: 1 })).items[0];
        if (active && alive.current && !following.current) {
          void read(() => api.runs.messages.stream(active.id, { starting_after: 0 }) as Promise<Stream<unknown>>);
        }
      } catch (e) {
        setError(e);
      } finally {
        setLoading(false);
      }
    };
    void start();
    // Another tab or program may talk to the agent meanwhile. One message tells whether.
    const look = async () => {
      const last = (await api.agents.messages.list(agentId, { limit: 1, order: "desc" })).items.at(-1) as Wire | undefined;
      if (last?.id !== newest.current && !following.current) await load();
    };
    const watch = window.setInterval(() => {
      if (!following.current && document.visibilityState === "visible") look().catch(() => {});
    }, WATCH);
    return () => {
      alive.current = false;
      clearInterval(watch);
    };
  }, [agentId, load, read]);

  const post = useCallback(
    (body: Body) => void read(() => api.agents.messages.create(agentId, { ...body, streaming: true, stream_tokens: true, background: true } as never) as unknown as Promise<Stream<unknown>>),
    [agentId, read],
  );

  return {
    items,
    subscribe,
    busy,
    more,
    fetching,
    loading,
    error,
    older: async () => {
      // Two pages asked for at once would be the same page.
      if (asked.current) return;
      asked.current = true;
      setFetching(true);
      try {
        const page = (await api.agents.messages.list(agentId, { limit: PAGE_SIZE, order: "desc", before: oldest.current })).items as Wire[];
        oldest.current = page[0]?.id ?? oldest.current;
        setMore(page.length === PAGE_SIZE);
        show([...fromStored(page), ...all()]);
      } catch (e) {
        setError(e);
      } finally {
        asked.current = false;
        setFetching(false);
      }
    },
    send: (text, images) => {
      const content = images.length
        ? [
            { type: "text", text },
            ...images.map((url) => {
              const [head = "", data = ""] = url.split(",", 2);
              return { type: "image", source: { type: "base64", media_type: head.slice(5).split(";")[0], data } };
            }),
          ]
        : text;
      const otid = crypto.randomUUID?.() ?? String(Math.random());
      show([...all(), { kind: "user", key: `mine-${otid}`, id: "", text, images, date: new Date().toISOString(), stepId: "" }]);
      post({ messages: [{ role: "user", content, otid }] });
    },
    answer: (verdicts) => post({ messages: [{ type: "approval", approvals: verdicts }] }),
    stop: () => void api.agents.messages.cancel(agentId).catch(setError),
    reload: () => {
      setError(null);
      load().catch(setError);
    },
  };
}

/** Whether a run has ended; undefined while the server does not answer. */
async function over(runId: string): Promise<boolean | undefined> {
  try {
    const run = await api.runs.retrieve(runId);
    return ["completed", "failed", "cancelled", "expired"].includes(run.status ?? "");
  } catch {
    return undefined;
  }
}
