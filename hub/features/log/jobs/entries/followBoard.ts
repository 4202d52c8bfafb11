/** Counts the board figures from the log as it grows, so that no board page reads entries. */
import type { FollowedLeaf } from '../../../../log/search/leaves.ts';
import { boardProgress, fillBoard, type BoardCase, type BoardDay } from '../../../board/store/boardRows.ts';
import type { Reader } from '../../../../platform/database/reader.ts';
import type { Follower } from './follower.ts';

type Counted = Omit<BoardDay, 'answered' | 'refused'> & { answered: number; refused: number };
type Case = Omit<BoardCase, 'day' | 'fields'> & {
  day: string;
  readonly fields: Set<string>;
  /** fields and dataset of the call counted last */
  latest?: FollowedLeaf['fields'];
  dataset?: string;
};

/**
 * The last counted entry and its counter, reused if the next entry is alike. It also stores the case for which such an entry released
 * data.
 */
interface Before {
  like: FollowedLeaf | undefined;
  day: string;
  counted: Counted | undefined;
  matter: string | undefined;
}

/**
 * For a stream, the opening entry is the call. Cases are counted as in `log/savedMaterials.ts`: an answer without a row delivered nothing.
 */
export async function followBoard(reader: Reader): Promise<Follower> {
  const next = await boardProgress(reader);
  const days = new Map<string, Counted>();
  const cases = new Map<string, Map<string, Case>>();
  const before: Before = { like: undefined, day: '', counted: undefined, matter: undefined };
  return {
    next,
    take: ({ entries }) => {
      for (const { index, leaf, like, day } of entries) {
        if (index < next || leaf?.kind !== 'release' || day === undefined) continue;
        // the previous call is mostly of the same kind and day
        if (like === undefined || like !== before.like || day !== before.day) {
          before.counted = countedOf(days, day, leaf);
          [before.like, before.day, before.matter] = [like, day, undefined];
        }
        if (before.counted !== undefined)
          before.counted[leaf.decision === 'allow' ? 'answered' : 'refused'] += 1;
        // a call of the same case delivers the same fields again
        if (leaf.matter === undefined || leaf.matter === before.matter) continue;
        if (countCase(cases, day, leaf)) before.matter = leaf.matter;
      }
    },
    end: async (to) => {
      if (to <= next) return;
      const all = [...cases.values()].flatMap((numbers) => [...numbers.values()]);
      const stored = all.map(({ day, consumer, matter, number, fields }): BoardCase => {
        return { day, consumer, matter, number, fields: [...fields] };
      });
      await fillBoard(reader, { from: next, to }, [...days.values()], stored);
    },
  };
}

/** The counter of a call; undefined if the entry is not a call. */
function countedOf(days: Map<string, Counted>, day: string, leaf: FollowedLeaf): Counted | undefined {
  const { actor, consumer = actor.department, provider = '', dataset = '', stream } = leaf;
  if (consumer === undefined || (stream !== undefined && stream.state !== 'open')) return undefined;
  const key = `${day} ${consumer} ${provider} ${dataset}`;
  let one = days.get(key);
  if (one === undefined) {
    one = { day, consumer, provider, dataset, answered: 0, refused: 0 };
    days.set(key, one);
  }
  return one;
}

/** An answer that released data for a case. */
type CaseRelease = FollowedLeaf &
  Required<Pick<FollowedLeaf, 'consumer' | 'dataset' | 'matter' | 'matterCode' | 'fields'>>;

const isCaseRelease = (leaf: FollowedLeaf): leaf is CaseRelease =>
  leaf.decision === 'allow' &&
  leaf.rows !== undefined &&
  leaf.rows.delivered !== 0 &&
  leaf.fields !== undefined &&
  leaf.consumer !== undefined &&
  leaf.dataset !== undefined &&
  leaf.matter !== undefined &&
  leaf.matterCode !== undefined;

/** @returns whether data was released for a case, which is then counted */
function countCase(cases: Map<string, Map<string, Case>>, day: string, leaf: FollowedLeaf): boolean {
  if (!isCaseRelease(leaf)) return false;
  const { consumer, dataset, matter, matterCode, fields } = leaf;
  // neither contains a space; a case number may be any text of a department
  const key = `${consumer} ${matterCode}`;
  let numbers = cases.get(key);
  let one = numbers?.get(matter);
  // calls of one case mostly deliver the same fields again
  if (one?.latest === fields && one.dataset === dataset && one.day <= day) return true;
  const names = Object.keys(fields);
  if (names.length === 0) return false;
  if (numbers === undefined) cases.set(key, (numbers = new Map<string, Case>()));
  if (one === undefined) {
    one = { day, consumer, matter: matterCode, number: matter, fields: new Set() };
    numbers.set(matter, one);
  } else if (day < one.day) one.day = day;
  [one.latest, one.dataset] = [fields, dataset];
  for (const name of names) one.fields.add(`${dataset}.${name}`);
  return true;
}
