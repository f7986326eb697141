import "@mantine/core/styles.css";
import "./style.css";
import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { ahead, App } from "./App";
import { unauthorized } from "./api";

// A table wider than a narrow screen can be scrolled by keys; the button that closes a dialog says so.
const components = {
  TableScrollContainer: { defaultProps: { type: "native", tabIndex: 0 } },
  Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
} as const;
const theme = createTheme({ primaryColor: "teal", primaryShade: 9, autoContrast: true, defaultRadius: "md", cursorType: "pointer", components });

const nonce = document.querySelector<HTMLMetaElement>('meta[name="mneme-nonce"]')?.content ?? "";
// For the style by which a dialog keeps the page behind it still.
setNonce(nonce);

const queries = new QueryClient({
  defaultOptions: {
    // A server that starts again is asked again; a refusal is shown at once.
    queries: { staleTime: 2_000, retry: (count, error) => !unauthorized(error) && count < 2, retryDelay: (count) => 500 * 2 ** count },
  },
});

ahead(queries);

createRoot(document.getElementById("root")!).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </MantineProvider>,
);
