/** `datong audit searches`, and `audit search --save|--saved`: searches that an auditor repeats, stored by the hub under a name. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { staffReader, type StaffReader } from './staffReader.ts';

interface Saved {
  readonly name: string;
  readonly question: Readonly<Record<string, string>>;
}

const path = '/v1/log/searches/saved';
/** Options of one search that are not stored. */
const ofOneAsking: readonly string[] = ['subject', 'limit', 'before', 'counts', 'exchange'];

export function registerSavedSearches(audit: Command): void {
  withStaffToken(audit.command('searches').description('您保存的检索 / your saved searches'))
    .option('--drop <name>', '删去一个 / delete this one')
    .option('--json', '以 JSON 输出 / answer as JSON')
    .action(list);
}

async function list(
  options: StaffOptions & { readonly drop?: string; readonly json?: boolean },
): Promise<void> {
  const hub = staffReader(options);
  try {
    if (options.drop !== undefined) {
      await hub.ask('POST', `${path}/removal`, { name: options.drop });
      if (options.json === true) data(JSON.stringify({ dropped: options.drop }));
      else talk({ zh: `已删去 ${options.drop}`, en: `${options.drop} is deleted` });
      return;
    }
    const searches = await savedIn(hub);
    if (options.json === true) data(JSON.stringify({ searches }));
    else
      for (const line of columns(
        searches.map(({ name, question }) => [
          name,
          Object.entries(question)
            .map(([word, value]) => `--${word} ${value}`)
            .join(' '),
        ]),
      ))
        data(line);
  } finally {
    hub.close();
  }
}

const savedIn = async (hub: Pick<StaffReader, 'ask'>): Promise<readonly Saved[]> =>
  (await hub.ask('GET', path))['searches'] as readonly Saved[];

/** Merges the search with a stored one, and stores the result where requested. @throws VerbFailure */
export async function withSaved(
  hub: Pick<StaffReader, 'ask'>,
  { save, saved }: { readonly save?: string; readonly saved?: string },
  requested: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const known = saved === undefined ? undefined : (await savedIn(hub)).find(({ name }) => name === saved);
  if (saved !== undefined && known === undefined)
    throw new VerbFailure(
      exitCode.usage,
      { zh: `没有保存过检索 ${saved}`, en: `no search is saved as ${saved}` },
      { zh: '见 datong audit searches', en: 'see datong audit searches' },
    );
  // a search about a person names the dataset within
  const { dataset, ...stored } = known?.question ?? {};
  const beneath =
    requested['subject'] === undefined && dataset !== undefined ? { ...stored, dataset } : stored;
  const body = { ...beneath, ...requested };
  if (save !== undefined) {
    const subject = requested['subject'] as { readonly dataset?: string } | undefined;
    const whole = { ...(subject?.dataset === undefined ? {} : { dataset: subject.dataset }), ...body };
    const question = Object.fromEntries(
      Object.entries(whole).filter(([name]) => !ofOneAsking.includes(name)),
    );
    await hub.ask('POST', path, { name: save, question });
    talk({ zh: `已保存为 ${save}`, en: `saved as ${save}` });
  }
  return body;
}
