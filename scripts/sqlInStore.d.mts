import type { Linter } from 'eslint';

/** A block of eslint.config.mjs. */
export const sqlInStore: Linter.Config;
