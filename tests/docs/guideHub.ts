/** A hub for the commands of a page that are typed next to a demo, and the blocks of such a page. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { testDatabase } from '../database.ts';
import { writeDemoState } from '../demoState.ts';
import { sampleCity, testHub, type TestHub } from '../hub.ts';

/**
 * A hub with the city, as the demo has it: operator, security officer, and a machine of each of its departments.
 * @param state file that the demo would leave (`DATONG_STATE`) @param others departments in addition to those of the sample city
 */
export async function guideHub(state: string, others: readonly string[] = []): Promise<TestHub> {
  const hub = await testHub({ database: await testDatabase() });
  const { operator, security, education, ecology, publicSecurity } = await sampleCity(hub);
  const machines = [education, ecology, publicSecurity];
  for (const department of others) machines.push(await hub.enrol(department));
  const { exchange, open, staff } = hub.hub.origins;
  writeDemoState(
    state,
    { exchange, open, staff, ca: hub.ca, keys: { keys: [] } },
    { operator, security },
    machines,
  );
  return hub;
}

/** @param name of a page below `docs/` */
export const pageText = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, '../../docs', name), 'utf8');

/** Code of a page, by its language. */
export const blocksOf = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);
