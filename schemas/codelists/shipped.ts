import { readFileSync } from 'node:fs';
import type { CodeList } from './codeList.ts';

/** Ids of the lists that come with the product, one file each in data/. */
export const shippedCodeLists: readonly string[] = ['gbt2260', 'gbt2261', 'gbt3304', 'gbt4754'];

/** Reads a shipped list from its file. */
export function readShippedCodeList(id: string): CodeList {
  return JSON.parse(readFileSync(new URL(`data/${id}.json`, import.meta.url), 'utf8')) as CodeList;
}
