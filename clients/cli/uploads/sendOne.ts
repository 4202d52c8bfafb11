/** One file: opens it, sends it in signed parts, commits it, and reports its outcome. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { codePageOfCpg } from '../../../adapters/dbf/codePages.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { data, talk, exitCode, VerbFailure } from '../verb.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from '../withClient.ts';
import { keepBadRows } from '../quarantine/quarantine.ts';
import { problemsOf, printBatch, printHeld, printSame } from './outcome.ts';
import { checkTeller, inBytes, progressTeller } from './progress.ts';
import {
  forgetUnfinished,
  keepUnfinished,
  unfinished,
  type Submitted,
  type Unfinished,
} from './unfinished.ts';
import type { ControlTotals } from '../../sdk/types.ts';
import { readControlText } from '../../../terms/controlText.ts';
import { readBoundedText } from '../boundedFile.ts';
import { defined } from '../../../terms/defined.ts';

const maxControlBytes = 1024 * 1024;

/**
 * A control file (对账文件) in UTF-8, as `terms/controlText.ts` reads it.
 * @throws VerbFailure (exit 4) for a line without a known total, and for a file without any
 */
function readControlFile(path: string): ControlTotals {
  const found = readControlText(readBoundedText(path, maxControlBytes));
  if ('unreadable' in found) throw unreadable(path, found.unreadable);
  return found;
}

const unreadable = (path: string, at: number): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    {
      zh: `对账文件 ${path} 第 ${at} 行无法识别`,
      en: `line ${at} of the control file ${path} says nothing known`,
    },
    {
      zh: '每行写“行数=1200”“合计.列名=123.40”或“sha256=…”',
      en: 'a line is rows=1200, sum.COLUMN=123.40 or sha256=…',
    },
  );

export interface SendOneOptions extends ClientVerbOptions {
  readonly dataset: string;
  readonly mapping?: string;
  readonly batch?: string;
  readonly corrects?: string;
  readonly control?: string;
  /** file for the rows that failed */
  readonly badRows?: string;
  readonly problems: number;
}

/**
 * Sends a file and reports its outcome. @returns whether its rows are visible
 * @throws VerbFailure, and the failures that `withClient` makes of a refusal
 */
export async function sendOne(file: string, options: SendOneOptions): Promise<boolean> {
  const { dataset, corrects } = options;
  const mapping = options.mapping ?? dataset.slice(dataset.indexOf('.') + 1);
  const codePage = adjacentCodePage(file);
  const control = options.control === undefined ? undefined : readControlFile(options.control);
  let ok = false;
  await withClient(options, async (client, { hub, department }) => {
    const submitted: Submitted = {
      hub: hub.exchange,
      department,
      dataset,
      mapping,
      file,
      corrects,
      codePage,
    };
    const again = options.batch === undefined ? await takenUp(client, submitted) : undefined;
    const key = again?.key ?? randomUUID();
    const batch = options.batch ?? again?.batch;
    let begun: string | undefined;
    let reported: ReturnType<typeof progressTeller> | undefined;
    const checking = checkTeller();
    const advise = (): void => adviseAfterBreak(begun);
    const interrupted = (): void => {
      advise();
      process.exit(interruptedExit);
    };
    process.once('SIGINT', interrupted);
    const sending = client.sendFile(dataset, file, {
      mapping,
      idempotencyKey: key,
      tries: patientTries,
      ...defined({ codePage, batch, corrects, control }),
      onOpened: (opened) => {
        begun = opened.batch;
        reported = progressTeller(opened.offset);
        keepUnfinished(submitted, { batch: opened.batch, key });
        printOpened(opened);
      },
      onRetry: networkTeller(),
      onProgress: (progress) => reported?.(progress),
      onChecking: (progress) => checking.report({ state: 'checking', progress }),
    });
    const bad = async (of: string): Promise<void> => {
      if (options.badRows !== undefined) await keepBadRows(client, of, options.badRows);
    };
    const done = (): void => {
      process.off('SIGINT', interrupted);
      checking.end();
    };
    const answer = await sending.finally(done).catch(async (error: unknown) => {
      // a held batch reports its reasons row by row; the refusal itself is reported after it
      if (error instanceof DatongProblem && isEnd(error)) {
        forgetUnfinished(submitted);
        if (begun !== undefined) {
          await printHeld(client, begun, options.problems);
          await bad(begun);
        }
      } else advise();
      throw error;
    });
    forgetUnfinished(submitted);
    await storeEvidence(options, answer.kept);
    const problems = await problemsOf(client, answer.json, options.problems);
    ok = answer.json.state === 'published';
    if (options.json === true) data(JSON.stringify({ ok, ...answer.json, problems }));
    printBatch(answer.json, problems);
    await bad(answer.json.batch);
    await printSame(client, answer.json, begun);
  });
  return ok;
}

/**
 * Whether a refusal ends the submission. A hub that cannot answer now, because of its own fault or of a proxy before it, has the bytes
 * already received: the same command continues from there.
 */
export const isEnd = ({ status }: Pick<DatongProblem, 'status'>): boolean => status < 500 && status !== 429;

/** Tries in a row while the network fails: with the pauses between them, about eight minutes. */
const patientTries = 100;
/** exit code that a shell expects after Ctrl-C */
const interruptedExit = 130;

/** A submission of exactly this file that was begun and never answered. @throws where the hub cannot return its state now */
export async function takenUp(
  client: Pick<DatongClient, 'batch'>,
  submitted: Submitted,
): Promise<Unfinished | undefined> {
  const found = unfinished(submitted);
  if (found === 'changed') {
    talk({
      zh: '文件在上次中断之后改过：重新开始一次报送',
      en: 'the file has changed since it was broken off: a new submission begins',
    });
    return undefined;
  }
  if (found === undefined) return undefined;
  const state = await client.batch(found.batch).then(
    ({ json }) => json.state,
    (error: unknown) => {
      if (error instanceof DatongProblem && isEnd(error)) return 'expired';
      throw error;
    },
  );
  return ['expired', 'failed', 'rejected'].includes(state) ? undefined : found;
}

/** Printed before the first byte is sent, so that a user who is cut off knows how to continue. */
function printOpened({ batch, offset, size }: { batch: string; offset: number; size: number }): void {
  talk(
    offset === 0
      ? { zh: `批次 ${batch}，共 ${inBytes(size)}`, en: `batch ${batch}, ${inBytes(size)}` }
      : {
          zh: `继续批次 ${batch}：${inBytes(size)} 中已收到 ${inBytes(offset)}`,
          en: `going on with batch ${batch}: ${inBytes(offset)} of ${inBytes(size)} are there`,
        },
  );
}

/** At the beginning of an outage and every half minute of it, not for each try. */
function networkTeller(): () => void {
  let reportedAt = 0;
  return () => {
    const now = Date.now();
    if (now - reportedAt < 30_000) return;
    reportedAt = now;
    talk({
      zh: '网络中断或枢纽在重启：继续尝试…（几分钟；按 Ctrl-C 后，再执行同一命令即从断处继续）',
      en: 'the network or the hub is away: trying on… (for some minutes; after Ctrl-C the same command goes on where it stopped)',
    });
  };
}

function adviseAfterBreak(batch: string | undefined): void {
  if (batch === undefined) return;
  talk({
    zh: `\n批次 ${batch} 未完成：再执行同一命令即从断处继续；在别的终端或用户下加 --batch ${batch}`,
    en: `\nbatch ${batch} is not finished: the same command goes on where it stopped; from another shell or user add --batch ${batch}`,
  });
}

/** Content of the .cpg file next to a DBF table: it is sent with the table, and the hub decodes by it. @throws Problem encoding_unknown */
function adjacentCodePage(file: string): string | undefined {
  const table = /^(.*)\.dbf$/i.exec(file)?.[1];
  const candidates = ['.cpg', '.CPG'].map((ending) => `${table ?? ''}${ending}`);
  const found = table === undefined ? undefined : candidates.find((path) => existsSync(path));
  if (found === undefined) return undefined;
  const content = readFileSync(found);
  codePageOfCpg(content); // one that names nothing is refused before the table leaves
  const codePage = content
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .slice(0, 64);
  const name = basename(found);
  talk({
    zh: `${name} 随表报送：映射未写明 encoding 时按其代码页读取`,
    en: `${name} goes with the table: it is read by that code page unless the mapping names an encoding`,
  });
  return codePage;
}
