#!/usr/bin/env node
import '../scripts/typescript.mjs';

await import('../clients/cli/main.ts');
