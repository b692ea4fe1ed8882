// One entry per island; Django finds the built files by the manifest (web/built.py). No file name without its hash.
import { readdirSync } from "node:fs";
import { defineConfig } from "vite";

const islands = readdirSync(new URL("src", import.meta.url)).filter((file) => file.endsWith(".ts"));

export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/epiloop/web/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rollupOptions: { input: islands.map((file) => `src/${file}`) },
  },
});
