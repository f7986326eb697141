import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { time } from "../format";

/** Most hits that are shown. */
const HITS = 20;

/** Characters of a hit that are shown. */
const EXCERPT = 160;

interface Hit {
  message_id: string;
  message_type?: string;
  content?: unknown;
  reasoning?: string;
  conversation_id?: string | null;
  created_at: string;
}

const WHO: Record<string, string> = { user_message: "you", assistant_message: "the agent", reasoning_message: "a thought", system_message: "the system" };

/** What the server finds in the whole conversation by words and meaning, also in what is not loaded; each leads to its place. */
export default function Everywhere({ agentId, query, go, close }: { agentId: string; query: string; go: (messageId: string) => void; close: () => void }) {
  const hits = useQuery({
    queryKey: ["everywhere", agentId, query],
    queryFn: async () => ((await api.messages.search({ query, agent_id: agentId, limit: HITS })) as Hit[]).filter((hit) => !hit.conversation_id || hit.conversation_id === "default"),
  });
  return (
    <Stack gap={4} p="xs" bd="1px solid var(--mantine-color-default-border)" style={{ borderRadius: 8, maxHeight: "30dvh", overflowY: "auto" }} role="group" aria-label="Found in the whole conversation">
      <Group justify="space-between">
        <Text size="sm" aria-live="polite">
          {hits.data ? (hits.data.length ? `${hits.data.length} found` : "Nothing was found") : "Searching"}: {query}
        </Text>
        <Button size="compact-xs" variant="default" onClick={close}>
          Close
        </Button>
      </Group>
      {hits.error && <Trouble error={hits.error} again={() => hits.refetch()} />}
      {hits.isPending && <Loading what="Searching the whole conversation" />}
      {hits.data?.map((hit, index) => {
        const text = hit.reasoning ?? (typeof hit.content === "string" ? hit.content : JSON.stringify(hit.content));
        return (
          <Button key={`${hit.message_id}-${index}`} variant="default" size="compact-sm" justify="flex-start" fw={400} onClick={() => go(hit.message_id)}>
            {time(hit.created_at)}, {WHO[hit.message_type ?? ""] ?? hit.message_type}: {text.slice(0, EXCERPT)}
          </Button>
        );
      })}
    </Stack>
  );
}
