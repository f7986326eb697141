import { Button, Card, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, type Json } from "../api";
import { Trouble } from "../App";
import type { Item } from "../thread/thread";
import type { Thread, Verdict } from "../thread/useThread";

type Call = Extract<Item, { kind: "call" }>;

/** What a person thinks of one call so far. args: as they wrote them, null while they are the model's own. */
interface Choice {
  approve: boolean | null;
  reason: string;
  args: string | null;
}

const UNDECIDED: Choice = { approve: null, reason: "", args: null };

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

const laidOut = (args: string) => JSON.stringify(parsed(args) ?? args, null, 2);

/** Something about each of these calls, kept by the tab over a reload; what is kept of other calls is forgotten. */
function useKept<T>(key: string, calls: Call[]) {
  const [value, set] = useState<Record<string, T>>(() => {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}") as Record<string, T>;
    return Object.fromEntries(Object.entries(kept).filter(([id]) => calls.some((call) => call.callId === id)));
  });
  useEffect(() => sessionStorage.setItem(key, JSON.stringify(value)), [key, value]);
  return [value, set] as const;
}

/**
 * The calls that wait for a person: each is approved, denied with a reason, or run with other arguments. The protocol knows no changed
 * arguments, so such a call is run from here, and the agent is told with what and what came of it.
 */
export default function Approvals({ agentId, calls, thread }: { agentId: string; calls: Call[]; thread: Thread }) {
  const [choices, setChoices] = useKept<Choice>(`choices of ${agentId}`, calls);
  // A call that was run is not run again when its answer did not arrive.
  const [ran, setRan] = useKept<Verdict>(`results of ${agentId}`, calls);
  const choice = (call: Call) => choices[call.callId] ?? UNDECIDED;
  const choose = (call: Call, some: Partial<Choice>) => setChoices((all) => ({ ...all, [call.callId]: { ...(all[call.callId] ?? UNDECIDED), ...some } }));
  const verdict = async (call: Call, { approve, reason, args }: Choice): Promise<Verdict> => {
    if (!approve || args === null) return { type: "approval", tool_call_id: call.callId, approve: approve === true, reason: reason || undefined };
    const known = ran[call.callId];
    if (known) return known;
    const done = await api.agents.tools.run(call.name, { agent_id: agentId, args: parsed(args) ?? {} });
    const said = typeof done.func_return === "string" ? done.func_return : JSON.stringify(done.func_return);
    const made: Verdict = {
      type: "tool",
      tool_call_id: call.callId,
      status: done.status === "success" ? "success" : "error",
      tool_return: `A person changed the arguments to ${JSON.stringify(parsed(args))}${reason ? ` (${reason})` : ""}. It returned: ${said}`,
      stdout: done.stdout ?? undefined,
      stderr: done.stderr ?? undefined,
    };
    setRan((all) => ({ ...all, [call.callId]: made }));
    return made;
  };
  const send = useMutation({
    mutationFn: async (by: (call: Call) => Choice) => {
      const verdicts: Verdict[] = [];
      // One after the other, as the model wanted them.
      for (const call of calls) verdicts.push(await verdict(call, by(call)));
      thread.answer(verdicts);
    },
  });
  const several = calls.length > 1;
  const decide = (call: Call, approve: boolean) => (several ? choose(call, { approve }) : send.mutate(() => ({ ...choice(call), approve })));
  return (
    <Stack gap={6} p="sm" bd="1px solid yellow" style={{ borderRadius: 8, maxHeight: "45dvh", overflowY: "auto" }} role="group" aria-label="Approval">
      <Text size="sm">{several ? `The agent waits: which of these ${calls.length} calls may it make?` : "The agent waits: may it make this call?"}</Text>
      {calls.map((call) => {
        const { approve, reason, args } = choice(call);
        const changed = args !== null;
        const wrong = changed && !parsed(args);
        return (
          <Card key={call.callId} withBorder p="xs" role="group" aria-label={`Call of ${call.name}`}>
            <Stack gap={6}>
              <Text size="sm" fw={600}>
                {call.name}
              </Text>
              {changed ? (
                <Textarea
                  label="Arguments"
                  autosize
                  minRows={2}
                  maxRows={10}
                  spellCheck={false}
                  value={args}
                  onChange={(e) => choose(call, { args: e.currentTarget.value })}
                  error={wrong ? "This is not a JSON object." : undefined}
                  styles={{ input: { fontFamily: "ui-monospace, monospace", fontSize: 13 } }}
                />
              ) : (
                <Text className="mono">{laidOut(call.args)}</Text>
              )}
              <TextInput size="xs" label="What it should know or do instead" value={reason} onChange={(e) => choose(call, { reason: e.currentTarget.value })} />
              <Group gap="xs">
                <Button size="xs" variant={several && approve !== true ? "default" : "filled"} aria-pressed={several ? approve === true : undefined} disabled={wrong || send.isPending} onClick={() => decide(call, true)}>
                  {changed ? "Run with these" : "Approve"}
                </Button>
                <Button size="xs" variant={approve === false ? "filled" : "default"} aria-pressed={several ? approve === false : undefined} disabled={send.isPending} onClick={() => decide(call, false)}>
                  Deny
                </Button>
                <Button size="xs" variant="subtle" onClick={() => choose(call, { args: changed ? null : laidOut(call.args) })}>
                  {changed ? "Keep its arguments" : "Change the arguments"}
                </Button>
              </Group>
            </Stack>
          </Card>
        );
      })}
      {send.error && <Trouble error={send.error} />}
      {several && (
        <Group gap="xs">
          <Button size="xs" loading={send.isPending} disabled={calls.some((call) => choice(call).approve === null)} onClick={() => send.mutate(choice)}>
            Send the decisions
          </Button>
          <Button size="xs" variant="default" disabled={send.isPending} onClick={() => calls.forEach((call) => choose(call, { approve: true }))}>
            Approve all
          </Button>
          <Button size="xs" variant="default" disabled={send.isPending} onClick={() => calls.forEach((call) => choose(call, { approve: false }))}>
            Deny all
          </Button>
        </Group>
      )}
    </Stack>
  );
}
