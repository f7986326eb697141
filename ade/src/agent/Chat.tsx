import { Button, FileButton, Group, Image, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { lazy, memo, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Loading, Trouble } from "../App";
import { time } from "../format";
import { asking, IMAGES, type Item } from "../thread/thread";
import { TAIL, useItems, type Thread } from "../thread/useThread";
import { Copy } from "./Copy";

const Approvals = lazy(() => import("./Approvals"));
const Everywhere = lazy(() => import("./Everywhere"));

/** Pixels from the end within which new messages keep the end in sight. */
const NEAR = 120;

/** Bytes of an image that the server takes. */
const IMAGE_BYTES = 5 * 1024 * 1024;

export function Chat({ agentId, thread }: { agentId: string; thread: Thread }) {
  const items = useItems(thread);
  const latest = useRef(items);
  latest.current = items;
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [find, setFind] = useState("");
  const [at, setAt] = useState(0);
  // What the server was asked for, and the message that is looked for among older ones until it is there.
  const [asked, setAsked] = useState("");
  const [wanted, setWanted] = useState("");
  const [reached, setReached] = useState("");
  const keys = items
    .slice(-TAIL)
    .map((item) => item.key)
    .join();
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => 76,
    overscan: 8,
    // A new function only with new keys: for each token it would look at every row, ten thousand of them. Without one when what was said
    // here comes back under its stored key, the row's size would be kept under the old key, and a gap would be left.
    getItemKey: useCallback((index: number) => latest.current[index]?.key ?? index, [keys]),
  });
  const found = useMemo(() => {
    const wanted = find.trim().toLowerCase();
    return wanted ? items.flatMap((item, index) => (plain(item).toLowerCase().includes(wanted) ? [index] : [])) : [];
  }, [items, find]);
  const hit = useRef<number | undefined>(undefined);
  hit.current = found[at];
  const size = rows.getTotalSize();
  useLayoutEffect(() => {
    if (atEnd.current && !find && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [size, items, find]);
  useEffect(() => {
    const index = found[at];
    if (index !== undefined) rows.scrollToIndex(index, { align: "center" });
    // Only a new hit moves the view, not every new message.
  }, [found[at]]);
  useEffect(() => {
    if (!wanted) return;
    const index = items.findIndex((item) => item.id === wanted);
    if (index < 0 && thread.more) {
      void thread.older();
      return;
    }
    setWanted("");
    if (index < 0) return;
    atEnd.current = false;
    setReached(wanted);
    rows.scrollToIndex(index, { align: "center" });
    // Each older page brings it nearer.
  }, [wanted, items, thread.more]);
  const older = async () => {
    const before = items.length;
    await thread.older();
    requestAnimationFrame(() => {
      // Who searches meanwhile looks at the hit, not at where the list was.
      if (hit.current === undefined) rows.scrollToIndex(Math.max(0, rows.options.count - before), { align: "start" });
    });
  };
  const asks = useMemo(() => asking(items), [items]);
  // Whoever says something wants to see it, wherever they were reading.
  const sent = useCallback(() => {
    atEnd.current = true;
    setFind("");
  }, []);
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <TextInput
          aria-label="Search in the conversation"
          placeholder="Search in the conversation"
          size="xs"
          w={240}
          value={find}
          onChange={(e) => {
            setFind(e.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(e) => e.key === "Enter" && setAt((at + (e.shiftKey ? found.length - 1 : 1)) % Math.max(1, found.length))}
        />
        {find && (
          <Text size="sm" aria-live="polite">
            {found.length ? `${at + 1} of ${found.length}` : "not among what is loaded"}
          </Text>
        )}
        {find.trim() && (
          <Button size="xs" variant="default" onClick={() => setAsked(find.trim())}>
            Search all of it
          </Button>
        )}
        {thread.more && (
          <Button size="xs" variant="default" onClick={older} loading={thread.fetching}>
            Older messages
          </Button>
        )}
      </Group>
      {asked && (
        <Suspense fallback={<Loading what="Searching" />}>
          <Everywhere
            agentId={agentId}
            query={asked}
            close={() => setAsked("")}
            go={(id) => {
              setFind("");
              setWanted(id);
            }}
          />
        </Suspense>
      )}
      <div
        ref={box}
        className="thread"
        role="log"
        aria-label="Conversation"
        tabIndex={0}
        onScroll={(e) => {
          const el = e.currentTarget;
          atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR;
        }}
      >
        {thread.loading && <Loading what="Loading the conversation" />}
        {!thread.loading && !thread.busy && !thread.more && !items.some((item) => item.kind === "user") && (
          <Text p="md">
            Nothing was said yet. Tell it something about you, for example <em>My name is Ada and I like green tea</em>, and watch its memory change.
          </Text>
        )}
        <div style={{ height: size, position: "relative" }}>
          {rows.getVirtualItems().map((row) => {
            const item = items[row.index];
            return item ? (
              <div key={item.key} data-index={row.index} ref={rows.measureElement} style={{ position: "absolute", top: 0, left: 0, right: 0, transform: `translateY(${row.start}px)`, padding: "3px 2px" }}>
                <Row item={item} hit={found[at] === row.index || (reached !== "" && item.id === reached)} />
              </div>
            ) : null;
          })}
        </div>
      </div>
      {thread.error ? <Trouble error={thread.error} again={thread.reload} /> : null}
      {asks.length > 0 && !thread.busy && (
        <Suspense fallback={<Loading what="Loading what waits" />}>
          <Approvals key={asks.map((call) => call.callId).join()} agentId={agentId} calls={asks} thread={thread} />
        </Suspense>
      )}
      <Composer key={agentId} thread={thread} blocked={asks.length > 0} sent={sent} />
    </Stack>
  );
}

const plain = (item: Item) => (item.kind === "call" ? `${item.name} ${item.args} ${item.result?.text ?? ""}` : item.text);

const Row = memo(function Row({ item, hit }: { item: Item; hit: boolean }) {
  const mark = hit ? { outline: "2px solid var(--mantine-color-yellow-6)" } : undefined;
  if (item.kind === "call") {
    return (
      <details className="bubble" style={mark} open={item.asks || Boolean(item.result?.images.length) || undefined} data-kind="call">
        <summary>
          {item.asks ? "⏸ wants to call " : item.result ? (item.result.ok ? "✓ " : "✗ ") : "… "}
          <strong>{item.name || "a tool"}</strong>
          {item.result && !item.result.ok && " failed"}
        </summary>
        <Text className="mono">{pretty(item.args)}</Text>
        {item.result && (
          <Text className="mono" mt={4}>
            → {item.result.text}
          </Text>
        )}
        <Images urls={item.result?.images ?? []} from={`returned by ${item.name || "a tool"}`} />
        <Copy text={`${item.name} ${item.args}\n${item.result?.text ?? ""}`} what={`the call of ${item.name}`} />
        {item.result?.output && (
          <Text className="mono" c="dimmed">
            {item.result.output}
          </Text>
        )}
      </details>
    );
  }
  if (item.kind === "reasoning")
    return (
      <Text size="sm" fs="italic" className="text" px={12} style={mark} data-kind="reasoning">
        {item.text || "(thoughts that the provider keeps to itself)"}
      </Text>
    );
  if (item.kind === "system" || item.kind === "summary")
    return (
      <details className="bubble" style={mark} data-kind={item.kind}>
        <summary>{item.kind === "summary" ? "Summary of what left the context" : "System"}</summary>
        <Text className="mono">{item.text}</Text>
      </details>
    );
  return (
    <div className={`bubble ${item.kind === "user" ? "mine" : ""}`} style={{ ...mark, borderColor: item.kind === "error" ? "var(--mantine-color-red-6)" : undefined }} role={item.kind === "error" ? "alert" : undefined} title={time(item.date)} data-kind={item.kind}>
      <Text className="text">{item.text}</Text>
      {item.text && <Copy text={item.text} what="the message" />}
      <Images urls={item.images} from="attached" />
    </div>
  );
});

/** from: where they come from, for those who do not see them. */
function Images({ urls, from }: { urls: string[]; from: string }) {
  return urls.map((url, index) => <Image key={index} src={url} alt={urls.length > 1 ? `Image ${index + 1} of ${urls.length}, ${from}` : `Image, ${from}`} maw={260} mt={4} />);
}

function pretty(args: string): string {
  try {
    return Object.entries(JSON.parse(args) as Record<string, unknown>)
      .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join("\n");
  } catch {
    return args;
  }
}

const Composer = memo(function Composer({ thread, blocked, sent }: { thread: Thread; blocked: boolean; sent: () => void }) {
  const [text, setText] = useState("");
  const [images, setImages] = useState<string[]>([]);
  const [wrong, setWrong] = useState("");
  const send = () => {
    if (!text.trim() && !images.length) return;
    sent();
    thread.send(text, images);
    setText("");
    setImages([]);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };
  const attach = (files: File[]) => {
    setWrong("");
    for (const file of files) {
      if (file.size > IMAGE_BYTES) {
        setWrong(`${file.name} is larger than 5 MB.`);
        continue;
      }
      const reader = new FileReader();
      reader.onload = () => setImages((all) => [...all, String(reader.result)]);
      reader.readAsDataURL(file);
    }
  };
  return (
    <Stack
      gap={4}
      onDragOver={(e) => e.preventDefault()}
      onDrop={(e) => {
        e.preventDefault();
        if (!blocked) attach([...e.dataTransfer.files].filter((file) => IMAGES.includes(file.type)));
      }}
    >
      <Group gap="xs">
        {images.map((url, index) => (
          <Button key={index} size="compact-xs" variant="default" onClick={() => setImages(images.filter((_, i) => i !== index))} aria-label={`Remove image ${index + 1}`}>
            <Image src={url} alt="" h={20} w={20} /> ✕
          </Button>
        ))}
        {wrong && (
          <Text size="sm" c="red" role="alert">
            {wrong}
          </Text>
        )}
      </Group>
      <Group align="flex-end" wrap="nowrap" gap="xs">
        <Textarea
          flex={1}
          aria-label="Message"
          title="Enter sends, Shift+Enter makes a new line"
          placeholder={blocked ? "It waits for your decision above" : "Say something"}
          autosize
          minRows={1}
          maxRows={8}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          onKeyDown={key}
          disabled={blocked}
          data-autofocus
        />
        <FileButton multiple accept={IMAGES.join()} onChange={attach}>
          {(props) => (
            <Button variant="default" {...props} disabled={blocked}>
              Image
            </Button>
          )}
        </FileButton>
        {thread.busy ? (
          <Button color="red" variant="filled" onClick={thread.stop}>
            Stop
          </Button>
        ) : (
          <Button onClick={send} disabled={blocked || (!text.trim() && !images.length)}>
            Send
          </Button>
        )}
      </Group>
    </Stack>
  );
});
