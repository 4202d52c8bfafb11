/** What the rows of a dataset come from and what uses them, and where each is drawn. Pure. */
import type { Schemas } from '../api/call.ts';

type View = Schemas['DatasetView'];

/** What connects a dataset with the thing at the other end. */
export type Connection =
  'mapping' | 'calls' | 'cases' | 'pull' | 'live' | 'rollup' | 'rule' | 'topic' | 'agreement' | 'reference';

export interface Relation {
  readonly side: 'source' | 'use';
  readonly kind: Connection;
  readonly end: {
    readonly kind: 'department' | 'dataset' | 'database';
    readonly id: string;
    readonly title?: Schemas['Bilingual'];
  };
  /** name of the mapping, agreement, rule or topic; the length of the buckets of a rollup; '' if the connection has no name */
  readonly via: string;
  /** of an agreement */
  readonly state?: string;
}

/** Answers from which the relations follow; those that the person may not have are empty. */
export interface LineageAnswers {
  readonly dataset: View;
  readonly mappings: Schemas['DatasetDetail']['mappings'];
  /** datasets of the same department */
  readonly siblings: readonly View[];
  readonly agreements: readonly Schemas['PolicyDocumentSummary'][];
  /** of the same department */
  readonly topics: readonly Schemas['TopicView'][];
  readonly pull: Schemas['PullList']['pulls'][number] | undefined;
}

/** Sources first; agreements in force before others. */
export function relationsOf(answers: LineageAnswers): readonly Relation[] {
  return [...sourcesOf(answers), ...usesOf(answers)];
}

const ofDataset = ({ id, title }: Pick<View, 'id' | 'title'>): Relation['end'] => ({
  kind: 'dataset',
  id,
  title,
});
const ofDepartment = (id: string): Relation['end'] => ({ kind: 'department', id });

function sourcesOf(answers: LineageAnswers): readonly Relation[] {
  const { dataset, mappings, siblings, pull } = answers;
  const { department, mode, intake } = dataset;
  const found: Relation[] = [];
  const add = (kind: Connection, end: Relation['end'], via: string): void => {
    found.push({ side: 'source', kind, end, via });
  };
  if (intake.rollup !== undefined) {
    const { of, every } = intake.rollup;
    add(
      'rollup',
      ofDataset(siblings.find((one) => one.id === of) ?? { id: of, title: { zh: of, en: of } }),
      every,
    );
  }
  if (pull !== undefined) add('pull', { kind: 'database', id: `${pull.host} / ${pull.database}` }, '');
  for (const { name, version } of newestOf(mappings))
    add('mapping', ofDepartment(department), `${name.slice(name.lastIndexOf('/') + 1)}@${version}`);
  if (intake.byCall !== undefined) add('calls', ofDepartment(department), '');
  for (const one of intake.cases?.contributors ?? []) add('cases', ofDepartment(one.department), '');
  if (mode === 'live') add('live', ofDepartment(department), '');
  return [...found, ...eventSourcesOf(answers)];
}

/** Of a type of event: the rules that raise it, and the topic that it is published to. */
const eventSourcesOf = ({ dataset, siblings, topics }: LineageAnswers): readonly Relation[] => [
  ...siblings.flatMap((one) =>
    (one.intake.eventRules ?? [])
      .filter(({ type }) => type === dataset.id)
      .map(({ id }): Relation => ({ side: 'source', kind: 'rule', end: ofDataset(one), via: id })),
  ),
  ...topics
    .filter(({ types }) => types.some(({ type }) => type === dataset.id))
    .map(({ id }): Relation => ({
      side: 'source',
      kind: 'topic',
      end: ofDepartment(dataset.department),
      via: id,
    })),
];

function usesOf({ dataset, siblings, agreements }: LineageAnswers): readonly Relation[] {
  const { id, intake } = dataset;
  const found: Relation[] = [];
  const add = (kind: Connection, end: View, via: string): void => {
    found.push({ side: 'use', kind, end: ofDataset(end), via });
  };
  for (const { id: agreement, version, consumer, state } of agreements)
    if (consumer !== undefined && isCurrent(state))
      found.push({
        side: 'use',
        kind: 'agreement',
        end: ofDepartment(consumer),
        via: `${agreement}@${version}`,
        state,
      });
  // those of one consumer together, so that each end of the picture is one box
  found.sort((one, other) => compared(rankOf(one), rankOf(other)) || compared(one.end.id, other.end.id));
  for (const one of siblings) {
    const { rollup, references = [] } = one.intake;
    if (rollup?.of === id) add('rollup', one, rollup.every);
    if (one.id !== id && references.some((reference) => reference.dataset === id)) add('reference', one, '');
  }
  for (const rule of intake.eventRules ?? []) {
    const type = siblings.find((one) => one.id === rule.type);
    if (type !== undefined) add('rule', type, rule.id);
  }
  return found;
}

const isCurrent = (state: string): boolean => state !== 'superseded' && state !== 'revoked';
const rankOf = ({ state }: Relation): number => (state === 'active' ? 0 : 1);
const compared = <T extends string | number>(one: T, other: T): number =>
  one < other ? -1 : one > other ? 1 : 0;

/** The newest version of each mapping. */
function newestOf(mappings: LineageAnswers['mappings']): LineageAnswers['mappings'] {
  const newest = new Map<string, LineageAnswers['mappings'][number]>();
  for (const one of mappings)
    if (one.version > (newest.get(one.name)?.version ?? 0)) newest.set(one.name, one);
  return [...newest.values()];
}

/** Relations of a side beyond this number are in the table only. */
export const maxDrawn = 12;
/** Distance of rows, and height of a box. */
const step = 52;
export const boxHeight = 40;

export interface Placed {
  /** middle of each relation's connecting box */
  readonly vias: readonly { readonly relation: Relation; readonly y: number }[];
  /** things at the outer ends, each once */
  readonly ends: readonly { readonly end: Relation['end']; readonly y: number }[];
}

/** Where the boxes of both sides are; each side is in the middle of the height. */
export function placed(relations: readonly Relation[]): {
  readonly source: Placed;
  readonly use: Placed;
  readonly height: number;
} {
  const side = (wanted: Relation['side']): readonly Relation[] =>
    relations.filter((one) => one.side === wanted).slice(0, maxDrawn);
  const [sources, uses] = [side('source'), side('use')];
  const rows = Math.max(1, sources.length, uses.length);
  return { source: placedSide(sources, rows), use: placedSide(uses, rows), height: rows * step };
}

/** An end is in the middle of its relations, which follow each other. */
function placedSide(relations: readonly Relation[], rows: number): Placed {
  const together = [...grouped(relations).values()].flat();
  const top = ((rows - together.length) * step) / 2;
  const vias = together.map((relation, nth) => ({ relation, y: top + (nth + 0.5) * step }));
  const ends = [...grouped(together).entries()].flatMap(([key, [first]]) => {
    const ys = vias.filter(({ relation }) => keyOf(relation) === key).map(({ y }) => y);
    const y = ys.reduce((sum, one) => sum + one, 0) / ys.length;
    return first === undefined ? [] : [{ end: first.end, y }];
  });
  return { vias, ends };
}

export const keyOf = ({ end }: Pick<Relation, 'end'>): string => `${end.kind} ${end.id}`;

function grouped(relations: readonly Relation[]): ReadonlyMap<string, readonly Relation[]> {
  const groups = new Map<string, Relation[]>();
  for (const one of relations) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/** A text cut to a width, the ellipsis included; a Chinese character counts two, as the ellipsis does, and another one counts one. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  let width = 0;
  let shown = 0;
  for (const character of characters) {
    width += character > '\u2e80' ? 2 : 1;
    if (width <= most - 2) shown += 1;
  }
  return width <= most ? text : `${characters.slice(0, shown).join('')}…`;
}
