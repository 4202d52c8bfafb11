/** A monthly report: figures of the log, and where the register of matters is known, the papers that were not needed. */
import type { Leaf } from './leaf.ts';
import { MonthCount, type MonthReport } from './monthReport.ts';
import { SavedCount, type CountedMatter, type MatterSaved } from './savedMaterials.ts';

/** `saved` is absent where no matter has delivered data. */
export type ReportedMonth = MonthReport & { readonly saved?: readonly MatterSaved[] };

/** Takes entries in any order, each once; those of other months are skipped. */
export class ReportCount {
  private readonly figures: MonthCount;
  private readonly papers: SavedCount;

  /** @param month `2026-11` @param register the matters; undefined: papers are not counted */
  constructor(month: string, register: readonly CountedMatter[] = []) {
    this.figures = new MonthCount(month);
    this.papers = new SavedCount(month, register);
  }

  add(index: number, leaf: Leaf): void {
    this.figures.add(index, leaf);
    this.papers.add(leaf);
  }

  report(): ReportedMonth {
    const saved = this.papers.saved();
    return { ...this.figures.report(), ...(saved.length === 0 ? {} : { saved }) };
  }
}
