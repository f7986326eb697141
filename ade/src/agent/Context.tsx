import { Button, Card, Group, Select, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api } from "../api";
import { Loading, Trouble } from "../App";
import { number, time } from "../format";
import { useContextParts } from "./ContextBar";
import { partsOf } from "./parts";

const Plot = lazy(() => import("./Plot"));

/** Steps whose sizes the plot shows. */
const STEPS = 200;

/** What the model sees: part by part, as a picture; how it grew; what left. */
export default function Context({ agentId, turn }: { agentId: string; turn: boolean }) {
  const context = useContextParts(agentId, turn);
  const [open, setOpen] = useState("Core memory");
  const steps = useQuery({
    queryKey: ["steps", agentId, turn],
    queryFn: async () => (await api.steps.list({ agent_id: agentId, limit: STEPS, order: "desc" })).items.toReversed(),
  });
  if (context.error) return <Trouble error={context.error} again={() => context.refetch()} />;
  if (!context.data) return <Loading what="Loading the context" />;
  const data = context.data;
  const parts = partsOf(data);
  const free = Math.max(0, data.context_window_size_max - data.context_window_size_current);
  const shown = parts.find((part) => part.name === open) ?? parts[0];
  return (
    <Stack>
      <Text size="sm">Each part by its share of what is used; the line above shows how much of the window that is.</Text>
      <div className="context" role="group" aria-label="Parts of the context window">
        {parts.map((part) => (
          <button key={part.name} type="button" aria-pressed={part.name === shown?.name} aria-label={`Show ${part.name}`} style={{ flexBasis: `${(part.tokens / data.context_window_size_current) * 100}%`, background: part.colour }} onClick={() => setOpen(part.name)} />
        ))}
      </div>
      <Group align="flex-start" wrap="wrap">
        <Table.ScrollContainer minWidth={260}>
          <Table maw={420}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Part</Table.Th>
                <Table.Th ta="right">Tokens</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {parts.map((part) => (
                <Table.Tr key={part.name}>
                  <Table.Td>
                    <Group gap={6} wrap="nowrap">
                      <span className="swatch" style={{ background: part.colour }} />
                      <Button size="compact-sm" variant={part.name === shown?.name ? "filled" : "subtle"} onClick={() => setOpen(part.name)}>
                        {part.name}
                      </Button>
                    </Group>
                  </Table.Td>
                  <Table.Td ta="right">{number(part.tokens)}</Table.Td>
                </Table.Tr>
              ))}
              <Table.Tr>
                <Table.Td>Free</Table.Td>
                <Table.Td ta="right">{number(free)}</Table.Td>
              </Table.Tr>
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        {shown && (
          <Card withBorder flex={1} miw={280}>
            <Title order={2} size="h5">
              {shown.name}
            </Title>
            <Text size="sm" mb="xs">
              {shown.about}
            </Text>
            <Text className="mono" mah={420} style={{ overflow: "auto" }} tabIndex={0}>
              {shown.text}
            </Text>
          </Card>
        )}
      </Group>
      <Text size="sm">
        Outside the window, to be searched: {number(data.num_recall_memory)} messages and {number(data.num_archival_memory)} passages.
      </Text>
      <Title order={2} size="h5">
        How it grew
      </Title>
      {steps.data && steps.data.length > 1 ? (
        <Suspense fallback={<Loading what="Loading" />}>
          <Plot points={steps.data.map((step) => step.prompt_tokens ?? 0)} limit={data.context_window_size_max} />
        </Suspense>
      ) : (
        <Text size="sm">After a few turns there is something to draw.</Text>
      )}
      <PastPrompt steps={(steps.data ?? []).toReversed().map((step) => ({ id: step.id, tokens: step.prompt_tokens ?? 0 }))} />
    </Stack>
  );
}

/** What was sent to the model in a step of the past. */
function PastPrompt({ steps }: { steps: { id: string; tokens: number }[] }) {
  const [id, setId] = useState<string | null>(null);
  const trace = useQuery({ queryKey: ["trace", id], queryFn: () => api.steps.trace.retrieve(id!), enabled: id !== null });
  const messages = useQuery({ queryKey: ["step-messages", id], queryFn: async () => (await api.steps.messages.list(id!)).items as { date?: string; message_type?: string }[], enabled: id !== null && trace.data === null });
  return (
    <Stack gap="xs">
      <Select
        label="The prompt of a past step"
        placeholder="Choose a step, newest first"
        data={steps.map((step, index) => ({ value: step.id, label: `${index === 0 ? "last step" : `${index} steps before`}: ${number(step.tokens)} tokens` }))}
        value={id}
        onChange={setId}
        searchable
        maw={420}
      />
      {trace.error && <Trouble error={trace.error} />}
      {trace.data && (
        <Text className="mono" mah={420} style={{ overflow: "auto" }} tabIndex={0}>
          {JSON.stringify(trace.data.request_json, null, 1)}
        </Text>
      )}
      {trace.data === null && messages.data && (
        <Text className="mono" mah={420} style={{ overflow: "auto" }} tabIndex={0}>
          {`The request itself is not kept for this step. Its messages:\n${messages.data.map((each) => `${time(each.date ?? "")} ${each.message_type}\n${JSON.stringify(each, null, 1)}`).join("\n")}`}
        </Text>
      )}
    </Stack>
  );
}
