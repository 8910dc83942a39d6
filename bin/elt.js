#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// JavaScript, and on its own: with the cache on before the first TypeScript file is met, Node does not
// load the compiler that strips its types.
enableCompileCache();
await import("./elt.ts");
