import { Anchor, Badge, Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, type Json } from "../api";
import { Loading, Trouble } from "../App";
import { number, seconds } from "../format";

/** Nanoseconds in a millisecond. */
const NS = 1e6;

interface Step {
  id: string;
  model?: string | null;
  status?: string | null;
  stop_reason?: string | null;
  prompt_tokens?: number;
  completion_tokens?: number;
  cached_input_tokens?: number | null;
  run_id?: string | null;
}

/** The agent's calls of its model, newest first, and what each was sent. */
export default function Steps({ agentId }: { agentId: string }) {
  const [open, setOpen] = useState<Step | null>(null);
  const steps = useQuery({ queryKey: ["steps", agentId, "list"], queryFn: async () => (await api.steps.list({ agent_id: agentId, limit: 100, order: "desc" })).items as Step[] });
  if (steps.error) return <Trouble error={steps.error} again={() => steps.refetch()} />;
  if (!steps.data) return <Loading what="Loading steps" />;
  if (steps.data.length === 0) return <Text>No step yet: the first message makes one.</Text>;
  return (
    <>
      <Table.ScrollContainer minWidth={520}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th ta="right">Prompt</Table.Th>
              <Table.Th ta="right">Answer</Table.Th>
              <Table.Th>Run</Table.Th>
              <Table.Th>Prompt sent</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {steps.data.map((step, index) => (
              <Table.Tr key={step.id}>
                <Table.Td>{step.model}</Table.Td>
                <Table.Td>{step.stop_reason ?? step.status}</Table.Td>
                <Table.Td ta="right">{number(step.prompt_tokens ?? 0)}</Table.Td>
                <Table.Td ta="right">{number(step.completion_tokens ?? 0)}</Table.Td>
                <Table.Td>{step.run_id && <Link href={`/runs/${step.run_id}`}>open</Link>}</Table.Td>
                <Table.Td>
                  <Button size="compact-xs" variant="default" onClick={() => setOpen(step)} aria-label={`What the model was sent, step ${steps.data.length - index}`}>
                    Show
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {open && (
        <Modal opened onClose={() => setOpen(null)} title="One step" size="xl">
          <OneStep step={open} />
        </Modal>
      )}
    </>
  );
}

/** Where a step's time went, what it called, and the request as the provider got it. */
function OneStep({ step }: { step: Step }) {
  const trace = useQuery({ queryKey: ["step", step.id, "trace"], queryFn: () => api.get(`/v1/steps/${step.id}/trace`) as Promise<{ request_json: Json; response_json: { messages?: Json[] } } | null> });
  const metrics = useQuery({ queryKey: ["step", step.id, "metrics"], queryFn: () => api.steps.metrics.retrieve(step.id) });
  const error = trace.error ?? metrics.error;
  if (error) return <Trouble error={error} again={() => Promise.all([trace.refetch(), metrics.refetch()])} />;
  if (trace.data === undefined || !metrics.data) return <Loading what="Loading the step" />;
  const took = metrics.data;
  const tools = (trace.data?.response_json.messages ?? []).flatMap((each) => (each.message_type === "tool_call_message" ? [String((each.tool_call as Json | undefined)?.name)] : []));
  const facts = [
    `${number(step.prompt_tokens ?? 0)} tokens read${step.cached_input_tokens ? `, ${number(step.cached_input_tokens)} of them from the provider's cache` : ""}`,
    `${number(step.completion_tokens ?? 0)} tokens written`,
    ...(took.llm_request_ns ? [`model ${seconds(took.llm_request_ns / NS)}`] : []),
    ...(took.tool_execution_ns ? [`tools ${seconds(took.tool_execution_ns / NS)}`] : []),
    ...(took.step_ns ? [`all ${seconds(took.step_ns / NS)}`] : []),
  ];
  return (
    <Stack gap="xs">
      <Text size="sm">{facts.join(" · ")}</Text>
      {tools.length > 0 && (
        <Group gap={4}>
          {tools.map((name, index) => (
            <Badge key={index} variant="default">
              {name}
            </Badge>
          ))}
        </Group>
      )}
      {trace.data ? (
        <Sent request={trace.data.request_json} />
      ) : (
        <Text size="sm">
          What the model was sent then is not kept any more: the server keeps the agent&rsquo;s newest steps only (setting MNEME_KEPT_PROMPTS).{" "}
          {step.run_id && (
            <Anchor component={Link} href={`/runs/${step.run_id}`}>
              To its run
            </Anchor>
          )}
        </Text>
      )}
    </Stack>
  );
}

/** A request message by message where it has messages, and the rest as it stands. */
function Sent({ request }: { request: Json }) {
  const [name, list] = Object.entries(request).find(([key, value]) => ["messages", "input", "contents"].includes(key) && Array.isArray(value)) ?? ["", []];
  const rest = Object.fromEntries(Object.entries(request).filter(([key]) => key !== name));
  return (
    <div role="region" aria-label="What the model was sent">
      {(list as Json[]).map((each, index) => (
        <details key={index} open={index === 0}>
          <summary>
            {String(each.role ?? each.type ?? "part")} {index + 1}
          </summary>
          <Text className="mono">{typeof each.content === "string" ? each.content : JSON.stringify(each, null, 1)}</Text>
        </details>
      ))}
      <details>
        <summary>Model, tools and the rest</summary>
        <Text className="mono">{JSON.stringify(rest, null, 1)}</Text>
      </details>
    </div>
  );
}
