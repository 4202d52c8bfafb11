import { readFile } from 'node:fs/promises';
import { exitCode, VerbFailure } from '../verb.ts';

/** @throws VerbFailure when the file holds no JSON, NodeJS.ErrnoException when it cannot be read */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    const offset = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
    const before = offset === undefined ? [text] : text.slice(0, Number(offset)).split('\n');
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1];
    const place =
      offset === undefined
        ? { zh: '', en: '' }
        : { zh: `（第 ${line} 行第 ${column} 列）`, en: ` (line ${line}, column ${column})` };
    throw new VerbFailure(exitCode.local, {
      zh: `${path} 不是有效的 JSON${place.zh}`,
      en: `${path} is not valid JSON${place.en}`,
    });
  }
}
