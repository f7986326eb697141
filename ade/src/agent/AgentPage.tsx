import { Alert, Anchor, Grid, Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link, useLocation } from "wouter";
import { agentQuery } from "../api";
import { Loading, Trouble } from "../App";
import { Chat } from "./Chat";
import { ContextBar } from "./ContextBar";
import { useThread } from "../thread/useThread";

const Context = lazy(() => import("./Context"));
const Memory = lazy(() => import("./Memory"));
const AgentTools = lazy(() => import("./AgentTools"));
const Steps = lazy(() => import("./Steps"));
const Settings = lazy(() => import("./Settings"));

const TABS = [
  ["chat", "Chat"],
  ["context", "Context"],
  ["memory", "Memory"],
  ["tools", "Tools"],
  ["steps", "Steps"],
  ["settings", "Settings"],
] as const;

export default function AgentPage({ id, tab }: { id: string; tab: string }) {
  const agent = useQuery(agentQuery(id));
  const thread = useThread(id);
  const [, go] = useLocation();
  if (agent.error && !agent.data)
    return (
      <Stack align="flex-start">
        <Trouble error={agent.error} again={() => agent.refetch()} />
        <Anchor component={Link} href="/">
          To the agents
        </Anchor>
      </Stack>
    );
  if (!agent.data) return <Loading what="Loading the agent" />;
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="baseline">
        <Title order={1} size="h3" style={{ overflowWrap: "anywhere" }}>
          {agent.data.name}
        </Title>
        <Text size="sm">{agent.data.model ?? agent.data.llm_config?.handle}</Text>
      </Group>
      <ContextBar agentId={id} turn={thread.busy} />
      <Tabs value={tab} onChange={(next) => go(`/agents/${id}/${next}`)} keepMounted={false}>
        <Tabs.List style={{ flexWrap: "nowrap", overflowX: "auto" }}>
          {TABS.map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Suspense fallback={<Loading what="Loading" />}>
          <Tabs.Panel value="chat" pt="xs">
            <Grid>
              <Grid.Col span={{ base: 12, lg: 8 }}>
                <Chat agentId={id} thread={thread} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 4 }} visibleFrom="lg">
                <Memory agentId={id} turn={thread.busy} brief />
              </Grid.Col>
            </Grid>
          </Tabs.Panel>
          <Tabs.Panel value="context" pt="xs">
            <Context agentId={id} turn={thread.busy} />
          </Tabs.Panel>
          <Tabs.Panel value="memory" pt="xs">
            <Memory agentId={id} turn={thread.busy} />
          </Tabs.Panel>
          <Tabs.Panel value="tools" pt="xs">
            <AgentTools agent={agent.data} />
          </Tabs.Panel>
          <Tabs.Panel value="steps" pt="xs">
            <Steps agentId={id} />
          </Tabs.Panel>
          <Tabs.Panel value="settings" pt="xs">
            <Settings agent={agent.data} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
      {agent.error && <Alert color="yellow">What is shown may be old: the server does not answer just now.</Alert>}
    </Stack>
  );
}
