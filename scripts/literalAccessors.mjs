import { privateMembers } from './privateMembers.mjs';
import { ofTheHub } from './sqlInStore.mjs';

/**
 * What a call makes is a class where it has accessors: V8 makes a hidden class for each literal that has one, and it keeps the call among the
 * old objects. docs/decisions/0069-release-speed.md says more.
 */
const accessor = {
  selector: "ObjectExpression > Property[kind='get']",
  message:
    'an accessor in a literal keeps its call in memory: a class (docs/decisions/0069-release-speed.md)',
};

export const literalAccessors = [
  {
    files: ['hub/pipeline/**/*.ts', 'hub/log/**/*.ts', 'hub/flows/release/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ofTheHub, accessor] },
  },
  {
    files: ['hub/platform/database/**/*.ts', 'hub/**/store/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', privateMembers, accessor] },
  },
];
