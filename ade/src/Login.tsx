import { Alert, Button, Card, Center, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { login, unauthorized, words } from "./api";

/** Asks for the server's password or a key. It is sent once and kept nowhere in the page. */
export default function Login({ then }: { then: () => void }) {
  const [secret, setSecret] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setWrong("");
    try {
      await login(secret);
      setSecret("");
      then();
    } catch (e) {
      setWrong(unauthorized(e) ? "That is neither the password nor a key of this server." : words(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Center h="100dvh" p="md" component="main">
      <Card withBorder w={380}>
        <form onSubmit={enter}>
          <Stack>
            <Title order={1} size="h3">
              Mneme
            </Title>
            <Text size="sm">This server asks who you are. The password was shown once in its log at the first start.</Text>
            <PasswordInput label="Password or API key" value={secret} onChange={(e) => setSecret(e.currentTarget.value)} autoFocus autoComplete="current-password" />
            {wrong && (
              <Alert color="red" role="alert">
                {wrong}
              </Alert>
            )}
            <Button type="submit" loading={busy} disabled={!secret}>
              Enter
            </Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
