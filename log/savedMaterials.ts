/**
 * What citizens did not have to bring (免提交材料), counted from the register of matters and the entries of the log alone: a paper is spared
 * for a case once every field that stands in for it left for that case, with at least a row.
 */
import { dayOf } from './entryQuestion.ts';
import type { Leaf } from './leaf.ts';
import type { Bilingual } from '../terms/bilingual.ts';

/** Of a matter as it is registered, what is counted by. */
export interface CountedMatter {
  readonly code: string;
  readonly title: Bilingual;
  readonly materials: readonly { readonly title: Bilingual; readonly fields: readonly string[] }[];
}

export interface SavedMaterial {
  readonly title: Bilingual;
  /** cases that did not need the paper */
  readonly spared: number;
}

/** A row of the report: one matter. */
export interface MatterSaved {
  readonly code: string;
  readonly title: Bilingual;
  /** cases that data left for */
  readonly cases: number;
  /** rows that left for them */
  readonly rows: number;
  readonly materials: readonly SavedMaterial[];
}

interface CaseSeen {
  readonly fields: Set<string>;
  rows: number;
}

/** Takes entries in any order, each once; those of other months are passed over. */
export class SavedCount {
  private readonly month: string;
  private readonly matters: readonly CountedMatter[];
  private readonly seen = new Map<string, Map<string, CaseSeen>>();

  /** @param month `2026-11` @param matters the register */
  constructor(month: string, matters: readonly CountedMatter[]) {
    this.month = month;
    this.matters = matters;
  }

  add(leaf: Leaf): void {
    const { kind, decision, matter, matterCode, dataset, fields = {}, rows } = leaf;
    if (kind !== 'release' || decision !== 'allow' || matter === undefined || matterCode === undefined)
      return;
    // a page, a part: whatever brought no row brought nothing
    if (dataset === undefined || rows === undefined || rows.delivered === 0) return;
    if (!dayOf(leaf.at).startsWith(`${this.month}-`)) return;
    const cases = this.seen.get(matterCode) ?? new Map<string, CaseSeen>();
    const one = cases.get(matter) ?? { fields: new Set<string>(), rows: 0 };
    one.rows += rows.delivered;
    for (const field of Object.keys(fields)) one.fields.add(`${dataset}.${field}`);
    this.seen.set(matterCode, cases.set(matter, one));
  }

  /** The matters that something left for, by code; one that is not registered is not counted. */
  saved(): readonly MatterSaved[] {
    return this.matters
      .flatMap(({ code, title, materials }): MatterSaved[] => {
        const cases = [...(this.seen.get(code)?.values() ?? [])];
        if (cases.length === 0) return [];
        return [
          {
            ...{ code, title, cases: cases.length, rows: cases.reduce((sum, { rows }) => sum + rows, 0) },
            materials: materials.map((material) => ({
              title: material.title,
              spared: cases.filter((one) => covers(one, material.fields)).length,
            })),
          },
        ];
      })
      .sort((a, b) => (a.code < b.code ? -1 : 1));
  }
}

/** A paper that no field stands in for is never spared. */
const covers = ({ fields }: CaseSeen, wanted: readonly string[]): boolean =>
  wanted.length > 0 && wanted.every((field) => fields.has(field));
