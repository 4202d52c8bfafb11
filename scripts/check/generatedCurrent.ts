import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedFiles, root } from '../generated.ts';
import type { Step } from './step.ts';

export const generatedCurrent: Step = {
  name: 'generated files are current',
  run: async () => {
    const stale: string[] = [];
    for (const [path, text] of await generatedFiles()) {
      if ((await readFile(join(root, path), 'utf8').catch(() => '')) !== text)
        stale.push(`${path}: run npm run generate`);
    }
    return stale;
  },
};
