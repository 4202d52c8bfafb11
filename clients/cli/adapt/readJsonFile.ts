import { readFile } from 'node:fs/promises';
import { exitCode, VerbFailure } from '../verb.ts';

/** @throws VerbFailure when the file holds no JSON, NodeJS.ErrnoException when it cannot be read */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : '';
    throw new VerbFailure(exitCode.local, {
      zh: `${path} 不是有效的 JSON：${reason}`,
      en: `${path} is not valid JSON: ${reason}`,
    });
  }
}
