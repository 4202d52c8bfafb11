/** Derives the consumers' duties from the log as it grows, so that no answer waits for it. */
import { dutyOfText } from '../../../../../policies/obligations/obligations.ts';
import type { FollowedLeaf } from '../../../../log/search/leaves.ts';
import { addDuties, dutyProgress, type NewDuty } from '../../../duties/store/duties.ts';
import type { Reader } from '../../../../platform/database/reader.ts';
import type { Follower } from './follower.ts';

/** Answers with one obligation that one consumer received on one day. */
interface ReceivedOnDay extends Pick<NewDuty, 'consumer' | 'provider' | 'dataset' | 'agreement' | 'purpose'> {
  /** as in the entries: `delete-after P180D` */
  readonly obligation: string;
  /** `YYYY-MM-DD`, calendar of China */
  readonly day: string;
  exchanges: number;
}

/** The previous answer and its duties, reused if the next answer is alike. */
interface Like {
  leaf: FollowedLeaf | undefined;
  day: string;
  counted: readonly ReceivedOnDay[];
}

/** Records which entries delivered data to which consumer, with their obligations. An answer without rows delivered nothing. */
export async function followDuties(reader: Reader): Promise<Follower> {
  const next = await dutyProgress(reader);
  const days = new Map<string, ReceivedOnDay>();
  const like: Like = { leaf: undefined, day: '', counted: [] };
  return {
    next,
    take: ({ entries }) => {
      for (const { index, leaf, day } of entries)
        if (index >= next && leaf !== undefined && day !== undefined) receive(days, like, leaf, day);
    },
    end: async (to) => {
      if (to > next) await addDuties(reader, together(days.values()), { from: next, to });
    },
  };
}

function receive(days: Map<string, ReceivedOnDay>, like: Like, leaf: FollowedLeaf, day: string): void {
  const { kind, decision, obligations, rows, consumer, provider, dataset, agreement, purpose } = leaf;
  if (obligations === undefined || kind !== 'release' || decision !== 'allow' || rows?.delivered === 0)
    return;
  // an answer under an agreement always names all three
  if (consumer === undefined || provider === undefined || dataset === undefined) return;
  if (agreement === undefined || purpose === undefined) return;
  if (day !== like.day || !areAlike(leaf, like.leaf)) {
    like.counted = obligations.map((obligation) => {
      const key = [consumer, provider, dataset, agreement, purpose, obligation, day].join('\n');
      let one = days.get(key);
      if (one === undefined) {
        one = { consumer, provider, dataset, agreement, purpose, obligation, day, exchanges: 0 };
        days.set(key, one);
      }
      return one;
    });
    [like.leaf, like.day] = [leaf, day];
  }
  for (const one of like.counted) one.exchanges += 1;
}

/** Returns whether two answers create the same duties; consecutive answers mostly do. */
const areAlike = (leaf: FollowedLeaf, other: FollowedLeaf | undefined): boolean =>
  leaf.obligations === other?.obligations &&
  leaf.consumer === other?.consumer &&
  leaf.provider === other?.provider &&
  leaf.dataset === other?.dataset &&
  leaf.agreement === other?.agreement &&
  leaf.purpose === other?.purpose;

/** Merges the days of one window into one duty. */
function together(days: Iterable<ReceivedOnDay>): NewDuty[] {
  const found = new Map<string, NewDuty>();
  for (const { obligation: text, day, exchanges, ...of } of days) {
    const duty = dutyOfText(text, day);
    if (duty === undefined) continue;
    const { obligation, from: receivedFrom, until: receivedUntil, due } = duty;
    const key = [of.consumer, of.agreement, of.dataset, of.purpose, obligation, receivedFrom].join(' ');
    const before = found.get(key);
    // a new agreement version may change the period within a day: the earlier due day applies
    found.set(key, {
      ...of,
      obligation,
      receivedFrom,
      receivedUntil,
      due: before !== undefined && before.due < due ? before.due : due,
      exchanges: exchanges + (before?.exchanges ?? 0),
    });
  }
  return [...found.values()];
}
