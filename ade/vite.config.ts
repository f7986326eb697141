import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Relative addresses everywhere: the server puts the page under whatever prefix a proxy gives it (see index.html's base). */
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: { outDir: "dist", target: "es2022", chunkSizeWarningLimit: 700, modulePreload: { polyfill: false } },
  server: { proxy: { "/v1": "http://127.0.0.1:8283" } },
});
