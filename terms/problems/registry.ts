export const registryProblems = {} as const;
