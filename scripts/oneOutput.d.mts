import type { Linter } from 'eslint';

export const processModule: { readonly name: string; readonly message: string };
export const oneOutput: Linter.Config[];
