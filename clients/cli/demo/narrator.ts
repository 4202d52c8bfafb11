/** The output of the demo: acts, steps with their duration, and results. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { styled, type Text } from '../output.ts';
import { say } from '../verb.ts';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HubConfig } from '../../../hub/platform/config/hubConfig.ts';
import type { RunningPostgres } from '../../../hub/platform/postgres/startPostgres.ts';
import { serverLaunched } from '../../../hub/serverAhead.ts';
import { demoConfig } from './demoConfig.ts';
import { createFolder } from './demoState.ts';
import type { StoredExchange } from '../../sdk/storedExchange.ts';

export interface Narrator {
  act(title: Bilingual): void;
  /** One step: does it, then prints one line with its time. */
  step<T>(work: () => Promise<T> | T, reported: (result: T) => Bilingual): Promise<T>;
  /** A line that belongs to the step before it. */
  detail(text: Bilingual | string): void;
  line(text: string): void;
}

/** @param write gets whole lines */
export function narrator(write: (line: Text) => void): Narrator {
  const spoken = (text: Bilingual | string): string => (typeof text === 'string' ? text : say(text));
  return {
    act: (title) => write(['\n', styled('heading', spoken(title))]),
    async step(work, reported) {
      const started = performance.now();
      const result = await work();
      const time = `${(performance.now() - started).toFixed(0)} ms`.padStart(9);
      write([styled('dim', time), `  ${spoken(reported(result))}`]);
      return result;
    },
    detail: (text) => write(['           ', styled('dim', spoken(text))]),
    line: write,
  };
}

/** Resources of the demo: a folder, and the hub's configuration. */
export interface DemoResources {
  readonly folder: string;
  /** it stays when the demo has ended */
  readonly isRetained: boolean;
  readonly config: HubConfig;
  /** the starting database of the hub, where DATABASE_URL names none */
  readonly server: Promise<RunningPostgres> | undefined;
  /** cleanup functions, run at the end in reverse order */
  readonly closing: (() => Promise<void> | void)[];
  close(): Promise<void>;
}

/**
 * Creates the database while the hub's code is loaded.
 * @param keep folder that remains; absent: a temporary one, removed at the end
 * @param configFile file of the viewer with members of hub.json
 * @throws VerbFailure where folder or file is unsuitable; Problem of configuration or database
 */
export async function openDemoResources(keep?: string, configFile?: string): Promise<DemoResources> {
  const stored = keep !== undefined;
  const folder = stored ? createFolder(keep) : mkdtempSync(join(tmpdir(), 'datong-demo-'));
  // when started by root, the database runs as another user, who passes through this folder; its content is closed to others
  chmodSync(folder, 0o711);
  const closing: DemoResources['closing'] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    if (!stored) closing.push(() => rmSync(folder, { recursive: true, force: true }));
    const config = await demoConfig({ folder, stored, configFile, closing });
    if (config.database.url !== undefined)
      return { folder, isRetained: stored, config, server: undefined, closing, close };
    const { server } = await serverLaunched(config);
    closing.push(async () => {
      // a failed start was already reported to its caller
      const running = await server.catch(() => undefined);
      await (stored ? running?.stop() : running?.destroy());
    });
    return { folder, isRetained: stored, config, server, closing, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A refused call of the story. */
interface Refused {
  readonly code: string;
  /** id of its entry; undefined where no receipt came with it */
  readonly exchange: string | undefined;
  /** content of its entry, from the receipt */
  readonly leaf: string | undefined;
}

/** Of one batch; records = rows + bad + skipped. */
export interface Counts {
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
}

/** Events of the story, counted as they happen: the evidence box reports only what was counted here. */
export interface Tally {
  readonly refusals: Refused[];
  readonly exchanges: StoredExchange[];
  /** files of old systems, each in a format of its own */
  readonly intakes: Counts[];
  /** 替代材料 of the agreements: papers that a parent no longer brings */
  readonly materials: Bilingual[];
  fieldsReleased: number;
  fieldsOfRecord: number;
}

export const newTally = (): Tally => ({
  refusals: [],
  exchanges: [],
  intakes: [],
  materials: [],
  fieldsReleased: 0,
  fieldsOfRecord: 0,
});
