export const wireProblems = {} as const;
