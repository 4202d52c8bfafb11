/** A hub with the city and a folder to type in, as the reader of a guide has them next to a demo. For one language of one guide. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { writeAnchors } from '../../clients/cli/demo/stage.ts';
import { cityHub } from '../cityHub.ts';
import { pasteLines } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import type { TestHubOptions } from '../hub.ts';
import { chineseWalk } from '../leftToNightly.ts';
import { guideSteps, outputPattern, type Command, type GuideFile, type GuideStep } from './guideSteps.ts';

const root = resolve(import.meta.dirname, '../..');

/** A page of docs/, or a section of it, that is run in one language. */
export interface Guide {
  readonly LANG: string;
  /** why this run leaves it out */
  readonly skip: string | false;
  readonly steps: readonly GuideStep[];
}

/**
 * A page of docs/ in both languages.
 * @param page without its ending: `events` @param headings of the only section that is run
 */
export const guidesOf = (
  page: string,
  headings?: readonly [english: string, chinese: string],
): readonly [Guide, Guide] => [
  { LANG: 'en_GB.UTF-8', skip: false, steps: guideSteps(join(root, `docs/${page}.md`), headings?.[0]) },
  {
    LANG: 'zh_CN.UTF-8',
    skip: chineseWalk,
    steps: guideSteps(join(root, `docs/${page}.zh-CN.md`), headings?.[1]),
  },
];

/** What is typed and saved, without what is printed: the same in both languages. */
export const typedOf = ({ steps }: Pick<Guide, 'steps'>): readonly unknown[] =>
  steps.map((step) =>
    step.kind === 'command' ? step.command : step.kind === 'file' ? [step.places, step.text] : step.files,
  );

export class DemoStage {
  readonly folder: string;
  /** by which commands find the hub, and speak the language of the guide */
  readonly env: Readonly<Record<string, string>>;
  /** what the guide calls by a name: `ID`, `$EVIDENCE` */
  readonly names = new Map<string, string>();

  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.env = env;
  }

  write({ places, text }: Pick<GuideFile, 'places' | 'text'>): void {
    for (const place of places) writeFileSync(join(this.folder, place), text);
  }

  /** Runs a command as it is pasted into a terminal. @returns what it printed, also where it failed */
  async type(command: string): Promise<string> {
    let typed = command;
    for (const [name, value] of this.names) typed = typed.replaceAll(name, value);
    const ran = await pasteLines(typed, this.folder, this.env).catch(
      (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
    );
    return `${ran.stdout}${ran.stderr}`;
  }

  /**
   * Runs a command of a guide until it prints what the guide shows: events and rows arrive within seconds.
   * @returns what it printed @throws AssertionError where it prints something else to the end
   */
  async shows({ command, output }: Command, tries = 1): Promise<string> {
    const pattern = outputPattern(output);
    let printed = await this.type(command);
    for (let n = 1; n < tries && !pattern.test(printed); n += 1) {
      await new Promise((done) => setTimeout(done, 250));
      printed = await this.type(command);
    }
    if (!pattern.test(printed))
      throw new Error(`${command}\nprinted:\n${printed}\nshown:\n${output.join('\n')}`);
    return printed;
  }
}

/** @param options of the hub. It stops after the tests of the file */
export async function demoStage(
  LANG: string,
  options: Pick<TestHubOptions, 'config' | 'dispatch' | 'jobsByTime'> = {},
): Promise<DemoStage> {
  const { hub, city } = await cityHub(options);
  const transport = await hub.enrol('transport');
  const hydrologist = await hub.token('hydrologist', ['steward'], 'ecology');
  const folder = mkdtempSync(join(tmpdir(), 'datong-guide-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  // guides name files of the project by their place in it
  symlinkSync(join(root, 'samples'), join(folder, 'samples'));
  const state = join(folder, 'demo.json');
  const { exchange, open, staff } = hub.hub.origins;
  writeDemoState(
    state,
    { exchange, open, staff, ca: hub.ca, keys: { keys: [] } },
    { operator: city.operator, security: city.security, hydrologist },
    [city.ecology, city.education, city.publicSecurity, transport],
  );
  const evidence = join(folder, 'evidence');
  mkdirSync(evidence);
  writeAnchors(evidence, hub.hub);
  // a machine that a guide enrols is a profile of its reader
  const stage = new DemoStage(folder, { LANG, DATONG_STATE: state, DATONG_HOME: join(folder, 'home') });
  stage.names.set('$EVIDENCE', evidence);
  return stage;
}
