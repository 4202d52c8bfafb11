/**
 * The compatibility rules as examples: one row a kind of change, with both verdicts. The test proves every row, and the table of the
 * documentation is written from it, so neither can drift from what the code does.
 */

import { combinedRules } from './rules/combinedRules.ts';
import { propertyRules } from './rules/propertyRules.ts';
import type { RuleRow } from './rules/ruleRow.ts';
import { valueRules } from './rules/valueRules.ts';

export const ruleTable: readonly RuleRow[] = [...propertyRules, ...valueRules, ...combinedRules];
