// The check-in page, which the gate serves: flat files, and a service worker under one name (project/checkin_page.py).
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/epiloop/gate/pages",
    emptyOutDir: true,
    assetsDir: "",
    manifest: "manifest.json",
    target: "es2020",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { checkin: "src/checkin/main.ts", sw: "src/checkin/sw.ts" },
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "[name]-[hash].js") },
    },
  },
});
