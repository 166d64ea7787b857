import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the page of a running installation: DAILIES_URL is the address of its gateway.
const gateway = process.env.DAILIES_URL ?? "http://127.0.0.1:8400";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": gateway, "/schema": gateway } },
  // Small files stay files: the content security policy allows no data: URL in a script or a style.
  build: { assetsInlineLimit: 0, target: "es2022", sourcemap: false },
  test: {
    environment: "jsdom",
    globals: false,
    setupFiles: ["./src/test/setup.ts"],
    restoreMocks: true,
    testTimeout: 15_000,
    coverage: { include: ["src/**"], exclude: ["src/main.tsx", "src/api/schema.d.ts", "src/test/**"] },
  },
});
