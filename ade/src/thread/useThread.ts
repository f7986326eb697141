import type { Stream } from "@letta-ai/letta-client/core/streaming";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../api";
import { add, fromStored, type Item, type Wire } from "./thread";

/** Stored messages fetched at once. */
const PAGE_SIZE = 200;

/** Between two tries to come back to a stream that broke off, ms. */
const RETRY = 1_500;

/** Items are drawn at most this often while tokens come, ms. */
const FRAME = 50;

export interface Thread {
  items: Item[];
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

/** An agent's conversation: what is stored, and what its runs add. A run that works when the page opens is followed, also after a break. */
export function useThread(agentId: string): Thread {
  const [items, setItems] = useState<Item[]>([]);
  const [busy, setBusy] = useState(false);
  const [more, setMore] = useState(false);
  const [fetching, setFetching] = useState(false);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>(null);
  const oldest = useRef<string | undefined>(undefined);
  const latest = useRef<Item[]>([]);
  const drawn = useRef(0);
  const alive = useRef(true);
  const following = useRef(false);
  const asked = useRef(false);

  const show = useCallback((next: Item[], now = true) => {
    latest.current = next;
    if (now) {
      setItems(next);
    } else if (!drawn.current) {
      drawn.current = window.setTimeout(() => {
        drawn.current = 0;
        if (alive.current) setItems(latest.current);
      }, FRAME);
    }
  }, []);

  // Pages come oldest message first, whatever their order (contract 03 §5).
  const load = useCallback(async () => {
    const page = (await api.agents.messages.list(agentId, { limit: PAGE_SIZE, order: "desc" })).items as Wire[];
    if (!alive.current) return;
    const fresh = fromStored(page);
    const from = latest.current.findIndex((item) => item.id !== "" && item.id === fresh[0]?.id);
    if (from > 0) {
      // Older pages that were fetched already stay before it.
      show([...latest.current.slice(0, from), ...fresh]);
    } else {
      oldest.current = page[0]?.id;
      setMore(page.length === PAGE_SIZE);
      show(fresh);
    }
  }, [agentId, show]);

  /** Reads a stream to its end; where it breaks off, goes on after the last number that was seen. */
  const read = useCallback(
    async (open: () => Promise<Stream<unknown>>) => {
      let run = "";
      let seen = 0;
      let next: (() => Promise<Stream<unknown>>) | null = open;
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
            show(add(latest.current, wire, true), false);
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
      if (!alive.current) return;
      setBusy(false);
      // The stored form is the last word: whole messages, returns at their calls.
      await load().catch(setError);
    },
    [load, show],
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
    // Another tab or program may talk to the agent meanwhile.
    const watch = window.setInterval(() => {
      if (!following.current && document.visibilityState === "visible") load().catch(() => {});
    }, 5_000);
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
        show([...fromStored(page), ...latest.current]);
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
      show([...latest.current, { kind: "user", key: `mine-${otid}`, id: "", text, images, date: new Date().toISOString(), stepId: "" }]);
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
