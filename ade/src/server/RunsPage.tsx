import { Badge, Button, Card, Group, Stack, Switch, Table, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { number, seconds, time, when } from "../format";

/** Between two looks at runs that work, ms. */
const LIVE = 2_000;

export default function RunsPage({ id }: { id: string | undefined }) {
  return id ? <OneRun id={id} /> : <AllRuns />;
}

function AllRuns() {
  const [active, setActive] = useState(false);
  const runs = useQuery({ queryKey: ["runs", active], queryFn: async () => (await api.runs.list({ limit: 100, order: "desc", active: active || undefined })).items, refetchInterval: LIVE });
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          Runs
        </Title>
        <Switch label="only those at work" checked={active} onChange={(e) => setActive(e.currentTarget.checked)} />
      </Group>
      {runs.error && <Trouble error={runs.error} again={() => runs.refetch()} />}
      {runs.isPending && <Loading what="Loading runs" />}
      {runs.data?.length === 0 && <Text>{active ? "Nothing works just now." : "No run yet."}</Text>}
      {runs.data && runs.data.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Began</Table.Th>
                <Table.Th>Status</Table.Th>
                <Table.Th>Ended by</Table.Th>
                <Table.Th>Agent</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {runs.data.map((run) => (
                <Table.Tr key={run.id}>
                  <Table.Td title={time(run.created_at ?? "")}>{run.created_at ? when(run.created_at) : ""}</Table.Td>
                  <Table.Td>
                    <Status word={run.status ?? ""} />
                  </Table.Td>
                  <Table.Td>{run.stop_reason}</Table.Td>
                  <Table.Td>
                    <Link href={`/agents/${run.agent_id}`}>open</Link>
                  </Table.Td>
                  <Table.Td>
                    <Link href={`/runs/${run.id}`}>details</Link>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

const SIGN: Record<string, string> = { completed: "✓", failed: "✗", cancelled: "■", running: "▶", created: "…" };

function Status({ word }: { word: string }) {
  return (
    <Badge variant="default">
      {SIGN[word] ?? ""} {word}
    </Badge>
  );
}

/** duration_ns: null while it is not over. */
interface Span {
  span_name: string;
  timestamp: string;
  duration_ns: number | null;
}

/** A call of a model that failed and was made again. fallback: handle of the model that was asked instead, null: the same one. */
interface Retry {
  step_id: string;
  model: string;
  error: string;
  fallback: string | null;
}

function OneRun({ id }: { id: string }) {
  const queries = useQueryClient();
  const run = useQuery({ queryKey: ["run", id], queryFn: () => api.runs.retrieve(id), refetchInterval: (query) => (["created", "running"].includes(query.state.data?.status ?? "") ? LIVE : false) });
  const steps = useQuery({ queryKey: ["run-steps", id, run.data?.status], queryFn: async () => (await api.runs.steps.list(id, { order: "asc" })).items });
  const trace = useQuery({ queryKey: ["run-trace", id, run.data?.status], queryFn: async () => (await api.runs.trace.retrieve(id)) as unknown as Span[] });
  const cancel = useMutation({ mutationFn: () => api.agents.messages.cancel(run.data?.agent_id ?? "", { run_ids: [id] }), onSuccess: () => queries.invalidateQueries({ queryKey: ["run", id] }) });
  if (run.error) return <Trouble error={run.error} again={() => run.refetch()} />;
  if (!run.data) return <Loading what="Loading the run" />;
  const retries = (run.data.metadata as { retries?: Retry[] } | null)?.retries ?? [];
  const failed = (run.data.metadata as { error?: { detail?: string; message?: string } } | null)?.error;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h3">
          Run
        </Title>
        <Group gap="xs">
          <Status word={run.data.status ?? ""} />
          {["created", "running"].includes(run.data.status ?? "") && (
            <Button size="xs" color="red" variant="filled" onClick={() => cancel.mutate()}>
              Stop
            </Button>
          )}
        </Group>
      </Group>
      <Text size="sm">
        {time(run.data.created_at ?? "")} · ended by {run.data.stop_reason ?? "nothing yet"} · <Link href={`/agents/${run.data.agent_id}`}>the agent</Link>
      </Text>
      {failed && (
        <Card withBorder role="alert">
          <Text className="text">{failed.detail ?? failed.message ?? JSON.stringify(failed)}</Text>
        </Card>
      )}
      <Title order={2} size="h5">
        Where the time went
      </Title>
      <Timeline spans={trace.data ?? []} />
      <Title order={2} size="h5">
        Steps
      </Title>
      {steps.data?.map((step, index) => (
        <Card key={step.id} withBorder p="xs">
          <Text>
            {index + 1}. {step.model}: {number(step.prompt_tokens ?? 0)} tokens in, {number(step.completion_tokens ?? 0)} out · {step.stop_reason ?? step.status}
          </Text>
          {retries
            .filter((each) => each.step_id === step.id)
            .map((each, tries) => (
              <Text key={tries} size="sm">
                {each.model} failed: {each.error} {each.fallback ? `The fallback model ${each.fallback} was asked instead.` : "It was asked again."}
              </Text>
            ))}
        </Card>
      ))}
      {cancel.error && <Trouble error={cancel.error} />}
    </Stack>
  );
}

/** Spans as bars under each other. */
function Timeline({ spans }: { spans: Span[] }) {
  const bars = spans.flatMap((span) => {
    const start = Date.parse(span.timestamp);
    return span.duration_ns === null ? [] : [{ name: span.span_name, start, length: span.duration_ns / 1e6 }];
  });
  if (bars.length === 0) return <Text size="sm">Nothing was measured yet.</Text>;
  const begin = Math.min(...bars.map((bar) => bar.start));
  const all = Math.max(1, ...bars.map((bar) => bar.start + bar.length - begin));
  return (
    <Stack gap={2}>
      {bars.map((bar, index) => (
        <div key={index}>
          <Text size="xs">
            {bar.name}: {seconds(bar.length)}
          </Text>
          <div style={{ height: 8, marginLeft: `${((bar.start - begin) / all) * 100}%`, width: `max(2px, ${(bar.length / all) * 100}%)`, background: "var(--mantine-color-teal-6)", borderRadius: 2 }} />
        </div>
      ))}
    </Stack>
  );
}
