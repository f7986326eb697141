import { Badge, Button, Card, Group, NativeSelect, Progress, Stack, Text, Textarea, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { number, time } from "../format";
import { pieces } from "./diff";

const BlockSettings = lazy(() => import("./BlockSettings"));
const SharedBlocks = lazy(() => import("./SharedBlocks"));
const AgentFolders = lazy(() => import("./AgentFolders"));
const Archival = lazy(() => import("./Archival"));
const NewBlock = lazy(() => import("./NewBlock"));

/** What a block held before one of its changes (GET /v1/blocks/{id}/history). */
interface Version {
  version: number;
  value: string;
  replaced_at: string;
  replaced_by_id: string | null;
}

export interface Block {
  id: string;
  label?: string | null;
  value: string;
  limit?: number;
  description?: string | null;
  read_only?: boolean;
}

/** Core memory and, unless brief, archival memory. turn: asked again when it ends. */
export default function Memory({ agentId, turn, brief }: { agentId: string; turn: boolean; brief?: boolean }) {
  const blocks = useQuery({ queryKey: ["blocks", agentId], queryFn: async () => (await api.agents.blocks.list(agentId, { limit: 100 })).items as Block[] });
  const { refetch } = blocks;
  useEffect(() => {
    if (!turn) void refetch();
  }, [turn, refetch]);
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h5">
          Core memory
        </Title>
        {!brief && (
          <Suspense>
            <NewBlock agentId={agentId} />
          </Suspense>
        )}
      </Group>
      {blocks.error && <Trouble error={blocks.error} again={() => refetch()} />}
      {blocks.isPending && <Loading what="Loading memory" />}
      {blocks.data?.length === 0 && <Text size="sm">This agent has no blocks.</Text>}
      {blocks.data?.map((block) => (
        <BlockCard key={block.id} agentId={agentId} block={block} brief={brief} />
      ))}
      {!brief && (
        <Suspense fallback={<Loading what="Loading the rest of its memory" />}>
          <SharedBlocks agentId={agentId} mine={blocks.data?.map((block) => block.id) ?? []} />
          <AgentFolders agentId={agentId} />
          <Archival agentId={agentId} />
        </Suspense>
      )}
    </Stack>
  );
}

/** One block: its text, what the last change was, who else sees it. */
function BlockCard({ agentId, block, brief }: { agentId: string; block: Block; brief: boolean | undefined }) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<string | null>(null);
  const [shown, setShown] = useState(0);
  const past = useQuery({ queryKey: ["blocks", block.id, "past", block.value], queryFn: () => api.get(`/v1/blocks/${block.id}/history`) as Promise<Version[]> });
  const sharers = useQuery({ queryKey: ["sharers", block.id], queryFn: async () => (await api.blocks.agents.list(block.id, { limit: 50 })).items });
  const others = sharers.data?.filter((agent) => agent.id !== agentId) ?? [];
  const save = useMutation({
    mutationFn: (value: string) => api.agents.blocks.update(block.label ?? "", { agent_id: agentId, value }),
    onSuccess: () => {
      setDraft(null);
      setShown(0);
      queries.invalidateQueries({ queryKey: ["blocks"] });
      queries.invalidateQueries({ queryKey: ["context", agentId] });
    },
  });
  const limit = block.limit ?? 0;
  const text = draft ?? block.value;
  const versions = (past.data ?? []).filter((version, at, all) => version.value !== (all[at - 1] ?? block).value);
  const latest = versions[0];
  const chosen = versions[shown];
  return (
    <Card withBorder p="sm" data-block={block.label}>
      <Group justify="space-between" mb={4}>
        <Text fw={600}>{block.label}</Text>
        <Group gap={4}>
          {block.read_only && <Badge variant="default">read only</Badge>}
          {others.length > 0 && <Badge variant="default">shared with {others.length}</Badge>}
        </Group>
      </Group>
      {block.description && (
        <Text size="sm" mb={4}>
          {block.description}
        </Text>
      )}
      <Textarea aria-label={`Block ${block.label}`} autosize minRows={2} maxRows={16} value={text} onChange={(e) => setDraft(e.currentTarget.value)} error={limit && text.length > limit ? `${number(text.length - limit)} characters too many` : undefined} />
      {limit > 0 && (
        <Group gap="xs" mt={4} wrap="nowrap">
          <Progress value={Math.min(100, (text.length / limit) * 100)} flex={1} size="sm" color={text.length > limit ? "red" : undefined} aria-label={`${block.label} is filled`} />
          <Text size="xs">
            {number(text.length)} of {number(limit)}
          </Text>
        </Group>
      )}
      {save.error && <Trouble error={save.error} />}
      <Group gap="xs" mt={6}>
        {draft !== null && draft !== block.value && (
          <>
            <Button size="xs" onClick={() => save.mutate(draft)} loading={save.isPending} disabled={limit > 0 && draft.length > limit}>
              Save
            </Button>
            <Button size="xs" variant="default" onClick={() => setDraft(null)}>
              Discard
            </Button>
          </>
        )}
        {latest && draft === null && (
          <Button size="xs" variant="default" onClick={() => save.mutate(latest.value)} loading={save.isPending}>
            Undo the last change
          </Button>
        )}
      </Group>
      {past.error && <Trouble error={past.error} again={() => past.refetch()} />}
      {chosen && (
        <details>
          <summary>{versions.length === 1 ? "The change so far" : `The last ${versions.length} changes`}</summary>
          <Group gap="xs" my={4}>
            <NativeSelect
              size="xs"
              aria-label={`Change of ${block.label}`}
              value={String(shown)}
              onChange={(e) => setShown(Number(e.currentTarget.value))}
              data={versions.map((version, at) => ({ value: String(at), label: `${time(version.replaced_at)}, ${version.replaced_by_id ? "by a person" : "by an agent"}` }))}
            />
            {shown > 0 && draft === null && (
              <Button size="xs" variant="default" onClick={() => save.mutate(chosen.value)} loading={save.isPending}>
                Go back to before it
              </Button>
            )}
          </Group>
          <Text className="mono">
            {pieces(chosen.value, (versions[shown - 1] ?? block).value).map((piece, index) => (
              <span key={index} className={piece.kind}>
                {piece.text}
              </span>
            ))}
          </Text>
        </details>
      )}
      {others.length > 0 && (
        <details>
          <summary>Who else sees it</summary>
          {others.map((agent) => (
            <Text key={agent.id} size="sm" component={Link} href={`/agents/${agent.id}`} display="block">
              {agent.name}
            </Text>
          ))}
        </details>
      )}
      {!brief && (
        <Suspense>
          <BlockSettings agentId={agentId} block={block} />
        </Suspense>
      )}
    </Card>
  );
}
