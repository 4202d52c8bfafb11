import type { Linter } from 'eslint';

/** Blocks of eslint.config.mjs. */
export const literalAccessors: Linter.Config[];
