export const logProblems = {} as const;
