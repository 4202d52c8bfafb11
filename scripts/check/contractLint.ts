import { createConfig, lint } from '@redocly/openapi-core';
import { join } from 'node:path';
import { root } from '../generated.ts';
import type { Step } from './step.ts';

/** Our operations answer problems as `default`, so that no status is forgotten. */
const rules = { 'operation-4xx-response': 'off' } as const;

export const contractLint: Step = {
  name: 'openapi.yaml',
  run: async () => {
    const config = await createConfig({ extends: ['recommended'], rules });
    const found = await lint({ ref: join(root, 'openapi.yaml'), config });
    return found.map(
      ({ ruleId, message, location }) => `openapi.yaml${location[0]?.pointer ?? ''}: ${message} (${ruleId})`,
    );
  },
};
