/**
 * Counts papers that citizens did not have to bring (免提交材料), from the register of matters and the entries of the log alone. A paper is
 * saved for a case once every field that replaces it was delivered for that case, with at least one row.
 */
import { dayOf } from './entryQuestion.ts';
import type { Leaf } from './leaf.ts';
import type { Bilingual } from '../terms/bilingual.ts';

/** The counted members of a registered matter. */
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
  /** cases for which data was delivered */
  readonly cases: number;
  /** rows delivered for them */
  readonly rows: number;
  readonly materials: readonly SavedMaterial[];
}

interface CaseSeen {
  readonly fields: Set<string>;
  rows: number;
}

/** Takes entries in any order, each once; those of other months are skipped. */
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
    // a page or a part without rows delivered no data
    if (dataset === undefined || rows === undefined || rows.delivered === 0) return;
    if (!dayOf(leaf.at).startsWith(`${this.month}-`)) return;
    const cases = this.seen.get(matterCode) ?? new Map<string, CaseSeen>();
    const one = cases.get(matter) ?? { fields: new Set<string>(), rows: 0 };
    one.rows += rows.delivered;
    for (const field of Object.keys(fields)) one.fields.add(`${dataset}.${field}`);
    this.seen.set(matterCode, cases.set(matter, one));
  }

  /** The matters with delivered data, by code; unregistered matters are not counted. */
  saved(): readonly MatterSaved[] {
    return this.matters
      .flatMap(({ code, title, materials }): MatterSaved[] => {
        const cases = [...(this.seen.get(code)?.values() ?? [])];
        if (cases.length === 0) return [];
        return [
          {
            code,
            title,
            cases: cases.length,
            rows: cases.reduce((sum, { rows }) => sum + rows, 0),
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

/** A paper that no field replaces is never saved. */
const covers = ({ fields }: CaseSeen, wanted: readonly string[]): boolean =>
  wanted.length > 0 && wanted.every((field) => fields.has(field));
