import { ActionIcon, Anchor, AppShell, Burger, Button, Center, Group, Loader, NavLink, Stack, Text, Title, useMantineColorScheme, useComputedColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, type QueryClient } from "@tanstack/react-query";
import { lazy, Suspense, type ReactNode } from "react";
import { Link, Route, Router, Switch, useLocation } from "wouter";
import { agentQuery, api, PAGE, unauthorized, words } from "./api";
import { Undoing } from "./undo";

const agentPage = () => import("./agent/AgentPage");
const agentsPage = () => import("./AgentsPage");
const Login = lazy(() => import("./Login"));
const AgentPage = lazy(agentPage);
const AgentsPage = lazy(agentsPage);
const ToolsPage = lazy(() => import("./server/ToolsPage"));
const RunsPage = lazy(() => import("./server/RunsPage"));
const FoldersPage = lazy(() => import("./server/FoldersPage"));
const ServerPage = lazy(() => import("./server/ServerPage"));

const PLACES = [
  ["/", "Agents"],
  ["/runs", "Runs"],
  ["/tools", "Tools"],
  ["/folders", "Folders"],
  ["/server", "Server"],
] as const;

/** Fetches what the first sight needs while the server is asked whether it lets us in. */
export function ahead(queries: QueryClient): void {
  const agent = location.pathname.slice(PAGE.length).match(/^agents\/([^/]+)/)?.[1];
  // A part that did not come is asked for again where it is shown, and is refused there.
  const quietly = (part: Promise<unknown>) => void part.catch(() => {});
  if (agent) {
    quietly(agentPage());
    void queries.prefetchQuery(agentQuery(agent));
  } else if (location.pathname.length <= PAGE.length) {
    quietly(agentsPage());
  }
}

async function letIn(): Promise<boolean> {
  try {
    await api.agents.list({ limit: 1 });
    return true;
  } catch (e) {
    if (unauthorized(e)) return false;
    throw e;
  }
}

export function App() {
  // Any guarded answer tells whether this browser is let in. That it is not is an answer too: while an error is asked about again, nothing
  // that was typed below would stay.
  const door = useQuery({ queryKey: ["door"], queryFn: letIn, refetchInterval: (query) => (query.state.error || query.state.data === false ? 2_000 : false) });
  if (door.isPending && !door.error)
    return (
      <Center h="100dvh">
        <Loading what="Loading" />
      </Center>
    );
  if (door.data === false)
    return (
      <Suspense>
        <Login then={() => door.refetch()} />
      </Suspense>
    );
  return (
    <Router base={PAGE.replace(/\/$/, "")}>
      <Undoing>
        <Shell>
          {door.error && <Trouble error={door.error} />}
          <Suspense fallback={<Loading what="Loading" />}>
            <Switch>
              <Route path="/" component={AgentsPage} />
              <Route path="/agents/:id/:tab?">{(at) => <AgentPage id={at.id} tab={at.tab ?? "chat"} key={at.id} />}</Route>
              <Route path="/runs/:id?">{(at) => <RunsPage id={at.id} />}</Route>
              <Route path="/tools" component={ToolsPage} />
              <Route path="/folders" component={FoldersPage} />
              <Route path="/server" component={ServerPage} />
              <Route>
                <Stack align="flex-start">
                  <Title order={2}>Nothing is here</Title>
                  <Anchor component={Link} href="/">
                    To the agents
                  </Anchor>
                </Stack>
              </Route>
            </Switch>
          </Suspense>
        </Shell>
      </Undoing>
    </Router>
  );
}

/** A wheel that turns, and says to those who do not see it what is awaited. */
export function Loading({ what }: { what: string }) {
  return (
    <div role="status" aria-label={what}>
      <Loader size="sm" />
    </div>
  );
}

/** What went wrong, in the server's words. */
export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <Group role="alert" p="sm" mb="sm" bd="1px solid red" style={{ borderRadius: 8 }} justify="space-between">
      <Text size="sm" className="text">
        {words(error)}
      </Text>
      {again && (
        <Button size="xs" variant="default" onClick={again}>
          Try again
        </Button>
      )}
    </Group>
  );
}

function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const [at] = useLocation();
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 170, breakpoint: "sm", collapsed: { mobile: !opened } }} padding="md">
      <a className="skip" href="#main">
        To the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between">
          <Group gap="xs">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Anchor component={Link} href="/" fw={700} underline="never" c="inherit">
              Mneme
            </Anchor>
          </Group>
          <Scheme />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Places">
        {PLACES.map(([href, label]) => (
          <NavLink key={href} component={Link} href={href} label={label} color="gray" variant="light" active={href === "/" ? at === "/" || at.startsWith("/agents") : at.startsWith(href)} onClick={close} />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function Scheme() {
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme("light");
  const other = now === "dark" ? "light" : "dark";
  return (
    <ActionIcon variant="default" aria-label={`Use ${other} colours`} onClick={() => setColorScheme(other)}>
      {now === "dark" ? "☀" : "☾"}
    </ActionIcon>
  );
}
