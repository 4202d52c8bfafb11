/** `datong catalogue import FILE`: entries of one department from a workbook, all or none, with a report by line. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { DatongRefusal, type StaffClient, type StaffReply } from '../apply/staffCall.ts';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { readBounded } from '../boundedFile.ts';
import type { StaffOptions } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, dataLines, exitCode, reportFindings, say, talk, type CheckFinding } from '../verb.ts';
import { entryOfLine, type WrittenEntry } from './entryOfLine.ts';
import { finding, largestFile, readSheet } from './readSheet.ts';
import { defined } from '../../../terms/defined.ts';

export interface ImportOptions extends StaffOptions {
  readonly sheet?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Of one line, as the hub answers a trial. */
interface TriedEntry {
  readonly entry: string;
  readonly outcome: 'new' | 'changed' | 'unchanged' | 'refused';
  readonly revision?: number;
  readonly changes?: readonly string[];
  readonly code?: string;
  readonly message?: Bilingual;
  readonly next?: Bilingual;
}

/** Maximum number of entries in one call to the hub. */
const maxRows = 1000;
const outcomes: Readonly<Record<TriedEntry['outcome'], Bilingual>> = {
  new: { zh: '新增', en: 'new' },
  changed: { zh: '修订', en: 'changed' },
  unchanged: { zh: '未变化', en: 'unchanged' },
  refused: { zh: '被拒绝', en: 'refused' },
};

/** @throws VerbFailure, Problem of the workbook, DatongRefusal */
export async function importEntries(file: string, options: ImportOptions): Promise<void> {
  const { lines, findings } = await readSheet(readBounded(file, largestFile), options.sheet);
  const read = lines.map((line) => ({ line: line.line, ...entryOfLine(line) }));
  const wrong = [...findings, ...read.flatMap((one) => ('findings' in one ? one.findings : []))];
  const entries = read.flatMap((one) => ('entry' in one ? [{ line: one.line, entry: one.entry }] : []));
  if (entries.length > maxRows)
    wrong.push(
      finding(
        'too_many_entries',
        entries[maxRows]?.line ?? 0,
        `一次最多导入 ${maxRows} 条，请分开`,
        `at most ${maxRows} entries come at once: split the file`,
      ),
    );
  if (wrong.length > 0) {
    refused(wrong, options);
    return;
  }
  await asReviewer(options, async (client) => {
    const body = {
      department: entries[0]?.entry.id.split('.')[0],
      entries: entries.map(({ entry }) => entry),
    };
    const reply = await client.post('/v1/catalogue/imports/trials', body);
    const shape = shapeFindings(reply, entries);
    if (shape.length > 0) {
      refused(shape, options);
      return;
    }
    const tried = bodyOf(reply) as unknown as {
      readonly ok: boolean;
      readonly entries: readonly TriedEntry[];
    };
    if (options.json !== true) report(tried.entries, entries);
    const answer = tried.ok && options.dryRun !== true ? await propose(client, body) : undefined;
    if (options.json === true)
      data(
        JSON.stringify({
          ok: tried.ok,
          lines: tried.entries.map((one, index) => ({ line: entries[index]?.line, ...one })),
          ...defined({ answer }),
        }),
      );
    if (!tried.ok) {
      talk({
        zh: '全部未登记：更正后重新导入',
        en: 'none is registered: correct them and import the file again',
      });
      process.exitCode = exitCode.refused;
    } else if (options.dryRun === true)
      talk({ zh: '试导入：未作任何更改', en: 'a trial: nothing is changed' });
  });
}

interface Placed {
  readonly line: number;
  readonly entry: WrittenEntry;
}

function refused(findings: readonly CheckFinding[], { json }: ImportOptions): void {
  const failure = { json: json === true, failure: exitCode.refused, passed: { zh: '', en: '' } };
  reportFindings(findings, failure);
  if (json !== true)
    talk({
      zh: '全部未登记：更正后重新导入',
      en: 'none is registered: correct them and import the file again',
    });
}

/** Members of an entry that violate the contract, with its line; empty for another answer. */
function shapeFindings({ status, body }: StaffReply, entries: readonly Placed[]): CheckFinding[] {
  if (status !== 400 || !Array.isArray(body['findings'])) return [];
  return (body['findings'] as readonly { readonly pointer?: string; readonly message?: Bilingual }[]).flatMap(
    ({ pointer = '', message }) => {
      const [, index, member = ''] = /^\/body\/entries\/(\d+)(\/.*)?$/.exec(pointer) ?? [];
      const line = entries[Number(index)]?.line;
      return line === undefined || message === undefined
        ? []
        : [{ code: 'invalid_request', line, path: member, message }];
    },
  );
}

function report(tried: readonly TriedEntry[], entries: readonly Placed[]): void {
  const cells = tried.map(({ entry, outcome, changes = [], code = '', message }, index) => [
    String(entries[index]?.line ?? ''),
    say(outcomes[outcome]),
    entry,
    outcome === 'refused' ? `${code}  ${message === undefined ? '' : say(message)}` : changes.join(' '),
  ]);
  dataLines(columns(cells));
}

/** @throws DatongRefusal */
async function propose(client: StaffClient, body: object): Promise<StaffReply['body']> {
  const reply = await client.post('/v1/catalogue/imports', body);
  if (reply.status >= 400) throw new DatongRefusal(reply);
  const { proposal, owner } = reply.body as { readonly proposal?: string; readonly owner?: string };
  talk(
    proposal === undefined
      ? { zh: '没有变化', en: 'nothing is different' }
      : {
          zh: `等待 ${owner ?? ''} 的另一人：datong review approve ${proposal}`,
          en: `waits for another person of ${owner ?? 'the data office'}: datong review approve ${proposal}`,
        },
  );
  return reply.body;
}
