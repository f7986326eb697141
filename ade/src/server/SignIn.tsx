import type { Stream } from "@letta-ai/letta-client/core/streaming";
import { Anchor, Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api } from "../api";
import { Trouble } from "../App";

/** What is said while somebody signs in (contract 11 §5). */
interface Said {
  event: string;
  url?: string;
  message?: string;
}

/** An address of the web; anything else that a server names is not made a link. */
function webAddress(text: string | undefined): URL {
  const address = URL.canParse(text ?? "") ? new URL(text ?? "") : null;
  if (!address || !["https:", "http:"].includes(address.protocol)) throw new Error("The server named no page at which to sign in.");
  return address;
}

/** Signs the user in at an MCP server: asks where, leads there in a new tab, waits until the browser came back. done: there are tokens. */
export function SignIn({ id, name, done }: { id: string; name: string; done: () => void }) {
  const [address, setAddress] = useState<URL | null>(null);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    leaving.current = new AbortController();
    return () => leaving.current.abort();
  }, []);
  const begin = useMutation({
    mutationFn: async () => {
      const events = (await api.get(`/v1/mcp-servers/connect/${id}`, { stream: true, signal: leaving.current.signal })) as Stream<Said>;
      for await (const said of events) {
        if (said.event === "authorization_url") setAddress(webAddress(said.url));
        if (said.event === "error") throw new Error(said.message);
        if (said.event === "success") return;
      }
      throw new Error("The server ended before the sign-in did. Begin again.");
    },
    onSuccess: done,
    onSettled: () => setAddress(null),
  });
  return (
    <Stack gap={6}>
      {!begin.isPending && (
        <Group>
          <Button size="xs" onClick={() => begin.mutate()} aria-label={`Sign in at ${name}`}>
            Sign in
          </Button>
        </Group>
      )}
      <Group gap="xs" role="status">
        {begin.isPending && <Loader size="xs" aria-hidden />}
        {begin.isPending && !address && <Text size="sm">Asking where to sign in</Text>}
        {address && (
          <>
            <Anchor href={address.href} target="_blank" rel="noreferrer">
              Open the sign-in page of {address.host}
            </Anchor>
            <Text size="sm">and come back: this page waits five minutes.</Text>
          </>
        )}
      </Group>
      {begin.error && !begin.isPending && <Trouble error={begin.error} />}
    </Stack>
  );
}
