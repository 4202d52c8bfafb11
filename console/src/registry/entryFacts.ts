import type { Schemas } from '../api/call.ts';
import { sharingWords } from '../words/sharingWords.ts';
import type { Spoken } from '../words/words.ts';

type Entry = Schemas['CatalogueEntry'];
type Facts = readonly (readonly [label: string, text: string | undefined])[];

interface EntryWords extends Pick<Spoken, 'say'> {
  readonly textOf: (text: Schemas['Bilingual']) => string;
}

/** How each member of an entry is described; the compiler asks for each member of the contract. */
const factsOfMember: {
  readonly [M in keyof Required<Entry>]: (value: Required<Entry>[M], words: EntryWords) => Facts;
} = {
  id: (id, { say }) => [[say('codeName'), id]],
  title: (title, { say, textOf }) => [[say('catTitle'), textOf(title)]],
  abstract: (abstract, { say, textOf }) => [[say('catAbstract'), textOf(abstract)]],
  keywords: (keywords, { say }) => [[say('catKeywords'), keywords.join(say('pointList'))]],
  category: (category, { say }) => [[say('catCategory'), category]],
  sharing: ({ type, conditions, basis, manner }, { say }) => [
    [say('sharing'), say(sharingWords[type])],
    [say('conditions'), conditions],
    [say('catBasis'), basis],
    [say('catManner'), say(`mn_${manner}`)],
  ],
  openness: (openness, { say }) => [[say('catOpenness'), say(`on_${openness}`)]],
  updateFrequency: (every, { say }) => [[say('catFrequency'), say(`uf_${every}`)]],
  dataClass: (of, { say }) => [[say('catClass'), say(of === 'important' ? 'dc_important' : 'dc_general')]],
  sourceSystem: (system, { say }) => [[say('catSource'), system]],
  office: (office, { say }) => [[say('catOffice'), office]],
  contact: (contact, { say }) => [[say('catContact'), contact]],
  datasets: (datasets, { say }) => [[say('datasets'), datasets.join(say('pointList'))]],
  sameData: (reason, { say }) => [[say('catSameData'), reason]],
};

/** Both texts: a revision may change one of them. */
const inBoth = ({ zh, en }: Schemas['Bilingual']): string => (zh === en || en === '' ? zh : `${zh} · ${en}`);

/** The members of an entry by their labels, in the order of its page; texts that it does not have are left out. */
export function entryFacts(
  entry: Partial<Entry>,
  words: EntryWords,
): readonly (readonly [label: string, text: string])[] {
  const facts = <M extends keyof Entry>(member: M): Facts => {
    const value = entry[member];
    // an optional member that is there has the type of a required one
    return value === undefined ? [] : factsOfMember[member](value as Required<Entry>[M], words);
  };
  return (Object.keys(factsOfMember) as (keyof Entry)[])
    .flatMap(facts)
    .flatMap(([label, text]) => (text === undefined || text === '' ? [] : [[label, text] as const]));
}

/** A member whose text a revision changes; '' where it has none before or after. */
export interface EntryDifference {
  readonly label: string;
  readonly was: string;
  readonly would: string;
}

/** What a proposed entry says otherwise than the live one. @param live undefined: the entry is new */
export function entryDifferences(
  live: Entry | undefined,
  proposed: Entry,
  { say }: Pick<Spoken, 'say'>,
): readonly EntryDifference[] {
  const words = { say, textOf: inBoth };
  const before = new Map(live === undefined ? [] : entryFacts(live, words));
  const after = new Map(entryFacts(proposed, words));
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((label) => ({ label, was: before.get(label) ?? '', would: after.get(label) ?? '' }))
    .filter(({ was, would }) => was !== would);
}
