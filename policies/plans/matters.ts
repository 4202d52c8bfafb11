import type { Permission } from '../decision.ts';
import type { Agreement } from '../documents/agreement.ts';
import { caseNumberTest } from '../documents/caseNumber.ts';

/** One matter (办理事项) of a plan: the cases that belong to it, and the permission of a call for one of them. */
export interface PlanMatter {
  /** whether a case number has one of the matter's forms */
  readonly fits: (caseNumber: string) => boolean;
  readonly whole: Permission;
}

/** The permission of a plan for each matter of its agreement: the matter, and the papers (替代材料) it spares. */
export const mattersOf = ({ matters = [] }: Agreement, whole: Permission): readonly PlanMatter[] =>
  matters.map(({ code, title, cases, materials }) => ({
    fits: testOf(cases),
    whole: Object.freeze({ ...whole, matter: { code, title }, materials }),
  }));

const tests = new WeakMap<readonly string[], (caseNumber: string) => boolean>();

/** Compiled once a document, whatever the number of its plans. */
function testOf(cases: readonly string[]): (caseNumber: string) => boolean {
  let test = tests.get(cases);
  if (test === undefined) {
    test = caseNumberTest(cases);
    tests.set(cases, test);
  }
  return test;
}
