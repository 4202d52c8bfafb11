/**
 * The compatibility rules as examples: one row a kind of change, with both verdicts. The test proves every row, and the documentation's
 * table is generated from it, so both match the code.
 */

import { combinedRules } from './rules/combinedRules.ts';
import { propertyRules } from './rules/propertyRules.ts';
import type { RuleRow } from './rules/ruleRow.ts';
import { valueRules } from './rules/valueRules.ts';

export const ruleTable: readonly RuleRow[] = [...propertyRules, ...valueRules, ...combinedRules];
