import type { Plugin } from 'esbuild';

export function bundleTests(files: readonly string[]): Promise<string[]>;
export function bundleChanged(entry: string, change: Plugin): Promise<string>;
